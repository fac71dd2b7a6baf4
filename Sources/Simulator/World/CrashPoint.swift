/// The places where a process may die: each is a door between it and the world.
package enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    case beforeAppend, inAppend, afterAppend
    case beforeSend, afterSend, afterReceive
    case betweenTurns
}
