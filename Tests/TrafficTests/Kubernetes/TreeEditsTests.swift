import Kubernetes
import Testing
import Transport

@testable import Traffic

@Suite struct TreeEditsTests {
    @Test func onlyTheLeavesThatDifferAreTouched() throws {
        let old = try JSON(parsing: #"{"a": {"b": 1, "c": "x"}, "l": [{"w": 1}, {"w": 2}]}"#)
        let new = try JSON(parsing: #"{"a": {"b": 1, "c": "y"}, "l": [{"w": 1}, {"w": 3}], "n": true}"#)
        #expect(
            edits(from: old, to: new) == [
                .replace("/a/c", "y"), .replace("/l/1/w", 3), .add("/n", true),
            ])
    }

    @Test func theSameNumberInAnotherSpellingIsNoDifference() {
        #expect(edits(from: ["value": 5], to: ["value": 5.0]) == [])
        #expect(edits(from: ["value": 5], to: ["value": 5.5]) == [.replace("/value", 5.5)])
    }

    @Test func aNamedItemIsPutInWithoutTouchingItsNeighbours() {
        let old: JSON = [["name": "primary", "weight": 1], ["name": "rest"]]
        let new: JSON = [["name": "beta"], ["name": "primary", "weight": 2], ["name": "rest"]]
        #expect(
            edits(from: old, to: new, at: "/http") == [
                .add("/http/0", ["name": "beta"]), .replace("/http/1/weight", 2),
            ])
        #expect(
            edits(from: new, to: old, at: "/http") == [.remove("/http/0"), .replace("/http/0/weight", 1)])
    }

    @Test func aKeyWithASlashIsWrittenAsAPointerHasIt() {
        #expect(edits(from: ["x": [:]], to: ["x": ["a/b~": 1]]) == [.add("/x/a~1b~0", 1)])
    }

    @Test(arguments: 0..<400) func whateverTheTwoTreesThePatchLeadsFromOneToTheOther(seed: UInt64) throws {
        var dice = SeededDice(seed)
        let old = JSON.random(&dice, depth: 3)
        let new = dice.chance(0.7) ? old.disturbed(&dice) : JSON.random(&dice, depth: 3)
        guard case .object = old, case .object = new else { return }
        let patched = try old.patched(edits(from: old, to: new))
        #expect(patched.means(new))
        #expect(edits(from: new, to: new).isEmpty)
    }
}

/// Chance that can be repeated (splitmix64).
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

extension JSON {
    static func random(_ dice: inout SeededDice, depth: Int) -> JSON {
        guard depth > 0 else { return .integer(Int64(dice.pick(0...2))) }
        if dice.chance(0.4) {
            return .array((0..<dice.pick(0...4)).map { _ in item(&dice, depth) })
        }
        let members = (0..<dice.pick(0...3)).map { ("k\($0)", random(&dice, depth: depth - 1)) }
        return .object(Dictionary(uniqueKeysWithValues: members))
    }

    private static func item(_ dice: inout SeededDice, _ depth: Int) -> JSON {
        var item = random(&dice, depth: depth - 1)
        if case .object = item, dice.chance(0.6) { item["name"] = .string("n\(dice.pick(0...2))") }
        return item
    }

    /// Much like it, and yet not the same.
    func disturbed(_ dice: inout SeededDice) -> JSON {
        switch self {
        case .object(let members): .object(members.mapValues { dice.chance(0.5) ? $0.disturbed(&dice) : $0 })
        case .array(var items) where !items.isEmpty:
            { () -> JSON in
                let index = dice.pick(0...items.count - 1)
                switch dice.pick(0...3) {
                case 0: items.remove(at: index)
                case 1: items.insert(Self.random(&dice, depth: 1), at: index)
                case 2: items.shuffle(using: &dice)
                default: items[index] = items[index].disturbed(&dice)
                }
                return .array(items)
            }()
        default: .integer(Int64(dice.pick(0...5)))
        }
    }
}
