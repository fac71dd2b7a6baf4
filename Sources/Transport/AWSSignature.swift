/// Signs a request as Amazon's services want it (Signature Version 4). libcurl does the signing.
///
/// The query of the URL is signed as it is written: where there is one, its names are in order and encoded as Amazon
/// has it (`%20`, not `+`).
package struct AWSSignature: Sendable, Hashable {
    package var region: String
    package var service: String
    package var accessKey: String
    package var secretKey: String

    package init(region: String, service: String, accessKey: String, secretKey: String) {
        self.region = region
        self.service = service
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}
