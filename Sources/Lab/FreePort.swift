import Foundation
import Glibc
import Synchronization

/// Ports of the loopback interface that nobody uses, each given once in the life of the process.
///
/// They lie below the range from which the kernel takes the ports of outgoing connections: a port that a
/// stopped part left for a moment could else be taken by a request of the load.
package enum FreePort {
    package static func take() throws(LabError) -> UInt16 {
        let candidates = range()
        let first = UInt16.random(in: candidates)
        let inTurn = Array(first..<candidates.upperBound) + Array(candidates.lowerBound..<first)
        guard let port = inTurn.first(where: { claim($0) }) else {
            throw LabError("no free port between \(candidates.lowerBound) and \(candidates.upperBound)")
        }
        return port
    }

    private static let given = Mutex<Set<UInt16>>([])

    private static func claim(_ port: UInt16) -> Bool {
        given.withLock { given in
            guard !given.contains(port), isFree(port) else { return false }
            given.insert(port)
            return true
        }
    }

    private static func range() -> Range<UInt16> {
        let text =
            (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let firstOutgoing = text.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32768
        // Where the kernel takes outgoing ports from everywhere, no range is better than another.
        return firstOutgoing > 22_000 ? 10_000..<firstOutgoing : 20_000..<60_000
    }
}

/// Whether a listener could have the port now. Without `SO_REUSEADDR`, so that a port on which old
/// connections linger counts as used.
private func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
