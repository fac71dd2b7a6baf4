import Manifests
import Transport

extension Shape where Output == ConnectionOptions {
    static func tls(_ folder: Folder) -> Shape {
        .object { fields in
            let authorities = fields.optional("caFile", .path(folder))
            let certificate = fields.optional("certificateFile", .path(folder))
            let key = fields.optional("keyFile", .path(folder))
            let name = fields.optional("serverName", .nonEmptyString)
            let isInsecure = fields.optional("insecureSkipVerify", .bool) ?? false
            if (certificate == nil) != (key == nil) {
                fields.field.refuse("certificateFile and keyFile go together")
            }
            var options = ConnectionOptions()
            if let authorities { options.authorities = .only(.file(authorities)) }
            if let certificate, let key {
                options.clientCertificate = .init(certificate: .file(certificate), key: .file(key))
            }
            options.serverName = name
            options.verifies = !isInsecure
            return options
        }
    }
}
