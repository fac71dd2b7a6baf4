import Analysis
import Rollouts
import Testing
import Transport

@testable import Workloads

/// A release keeps its name for ever: when one of these fails, every release of everybody gets another name.
@Suite struct ReleaseHashTests {
    @Test(arguments: [
        ("{}", "btqldmh5fk"), (#"{"spec":{"containers":[{"image":"web:1","name":"web"}]}}"#, "xb8xrf8n72"),
        (#"{"a":"\"\\\u00e9","b":[1,2.5,true,null],"c":-7}"#, "bd8rsc542x"),
    ])
    func theNamesOfKnownTemplates(text: String, name: String) throws {
        #expect(try hash(text).text == name)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), (#"{"a":1}"#, #"{"a":1.0}"#), (#"{"a":null}"#, "{}"),
        (#"{"a":{"b":null}}"#, #"{"a":{}}"#), (#"{"a":10}"#, #"{"a":1e1}"#),
    ])
    func whatSaysTheSameIsTheSame(one: String, other: String) throws {
        #expect(try hash(one) == hash(other))
    }

    @Test(arguments: [
        (#"{"a":"1"}"#, #"{"a":1}"#), (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#), (#"{"a":[null]}"#, #"{"a":[]}"#),
        (#"{"a":"b,"}"#, #"{"a":"b"}"#), (#"{"a":{}}"#, "{}"), (#"{"a":true}"#, #"{"a":"true"}"#),
    ])
    func whatSaysAnotherThingIsAnotherRelease(one: String, other: String) throws {
        #expect(try hash(one).text != hash(other).text)
        #expect(try hash(one).digest != hash(other).digest)
    }

    @Test func aCollisionHasAnotherNameAndTheSameDigest() throws {
        let (first, second) = (try hash("{}"), try hash("{}", collisions: 1))
        #expect(first.text != second.text)
        #expect(first.digest == second.digest)
    }

    @Test func namesAreFitForLabelsAndForNames() throws {
        for number in 0..<500 {
            let text = try hash(#"{"image":"web:\#(number)"}"#).text
            #expect(text.count == 10)
            #expect(text.allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
        }
    }

    private func hash(_ text: String, collisions: Int = 0) throws -> ReleaseHash {
        ReleaseHash(of: Value(try JSON(parsing: text)), collisions: collisions)
    }
}
