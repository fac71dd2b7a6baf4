import Hummingbird
import NIOCore

/// What is known about a request beside itself: the connection that it came by.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Hangs up on a sender whose request is not read to its end. Not at once: who is still sending when the
    /// connection is reset never sees the answer.
    func closeSoon() {
        channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in channel.close(promise: nil) }
    }
}
