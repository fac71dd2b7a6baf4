extension Builtin {
    static let named = [String: Builtin](
        uniqueKeysWithValues: [
            ofArgo, aboutEveryElement, aboutArrays, aboutMaps, aboutNumbers, aboutBits, aboutStrings,
            aboutTexts,
            aboutTime,
        ].joined().map { ($0.name, $0) })

    /// Of Argo Rollouts' environment.
    private static let ofArgo = [
        Builtin("asFloat", [.anything], returns: .float, run: Conversions.asFloat),
        Builtin("asInt", [.anything], returns: .int, run: Conversions.asInt),
        Builtin("default", [.anything, .anything], returns: .any, run: Conversions.default),
        Builtin("isInf", [.number], returns: .bool, run: Conversions.isInf),
        Builtin("isNaN", [.number], returns: .bool, run: Conversions.isNaN),
        Builtin("isNil", [.anything], returns: .bool, run: Conversions.isNil),
    ]

    private static let aboutEveryElement = [
        Builtin("all", [.array, .test], returns: .bool, run: Collections.all),
        Builtin("any", [.array, .test], returns: .bool, run: Collections.any),
        Builtin("none", [.array, .test], returns: .bool, run: Collections.none),
        Builtin("one", [.array, .test], returns: .bool, run: Collections.one),
        Builtin("count", [.array, .test], required: 1, returns: .int, run: Collections.count),
        Builtin("filter", [.array, .test], returns: { .array($0.element) }, run: Collections.filter),
        Builtin("map", [.array, .transform], returns: { .array($0[1].asElement) }, run: Collections.map),
        Builtin("sum", [.array, .term], required: 1, returns: Collections.sumType, run: Collections.sum),
        Builtin("find", [.array, .test], returns: { $0.element }, run: Search.find),
        Builtin("findIndex", [.array, .test], returns: .int, run: Search.findIndex),
        Builtin("findLast", [.array, .test], returns: { $0.element }, run: Search.findLast),
        Builtin("findLastIndex", [.array, .test], returns: .int, run: Search.findLastIndex),
        Builtin("groupBy", [.array, .answer], returns: { .groups($0.element) }, run: Search.groupBy),
        Builtin(
            "sortBy", [.array, .answer, .order], required: 2, returns: { $0[0] }, run: Ordering.sortBy),
        Builtin(
            "reduce", [.array, .reduction, .anything], required: 2, returns: { $0[1] },
            run: Collections.reduce),
    ]

    private static let aboutArrays = [
        Builtin("len", [.sized], returns: .int, run: Collections.len),
        Builtin("first", [.array], returns: { $0.element }, run: Arrays.first),
        Builtin("last", [.array], returns: { $0.element }, run: Arrays.last),
        Builtin("get", [.indexed, .key], returns: Arrays.getType, run: Arrays.get),
        Builtin("take", [.array, .int], returns: { $0[0] }, run: Arrays.take),
        Builtin("reverse", [.array], returns: .array(.any), run: Arrays.reverse),
        Builtin("concat", [.array], isVariadic: true, returns: { _ in .array(.any) }, run: Arrays.concat),
        Builtin("flatten", [.array], returns: .array(.any), run: Arrays.flatten),
        Builtin("uniq", [.array], returns: .array(.any), run: Arrays.uniq),
        Builtin("sort", [.array, .order], required: 1, returns: .array(.any), run: Ordering.sort),
    ]

    private static let aboutMaps = [
        Builtin("keys", [.map], returns: .array(.any), run: Maps.keys),
        Builtin("values", [.map], returns: .array(.any), run: Maps.values),
        Builtin("toPairs", [.map], returns: .array(.any), run: Maps.toPairs),
        Builtin("fromPairs", [.array], returns: .map, run: Maps.fromPairs),
    ]

    private static let aboutNumbers = [
        Builtin("max", [.aggregated], isVariadic: true, returns: Numbers.extremeType, run: Numbers.max),
        Builtin("min", [.aggregated], isVariadic: true, returns: Numbers.extremeType, run: Numbers.min),
        Builtin("mean", [.aggregated], isVariadic: true, returns: { _ in .float }, run: Numbers.mean),
        Builtin("median", [.aggregated], isVariadic: true, returns: { _ in .float }, run: Numbers.median),
        Builtin("abs", [.number], returns: { $0[0] }, run: Numbers.abs),
        Builtin("ceil", [.number], returns: .float, run: Numbers.ceil),
        Builtin("floor", [.number], returns: .float, run: Numbers.floor),
        Builtin("round", [.number], returns: .float, run: Numbers.round),
        Builtin("int", [.truncated], returns: .int, run: Conversions.int),
        Builtin("float", [.countable], returns: .float, run: Conversions.float),
    ]

    private static let aboutBits = [
        Builtin("bitand", [.int, .int], returns: .int, run: Bits.combined(&)),
        Builtin("bitor", [.int, .int], returns: .int, run: Bits.combined(|)),
        Builtin("bitxor", [.int, .int], returns: .int, run: Bits.combined(^)),
        Builtin("bitnand", [.int, .int], returns: .int, run: Bits.combined { $0 & ~$1 }),
        Builtin("bitnot", [.int], returns: .int, run: Bits.not),
        Builtin("bitshl", [.int, .int], returns: .int, run: Bits.shifted { $0 << $1 }),
        Builtin("bitshr", [.int, .int], returns: .int, run: Bits.shifted { $0 >> $1 }),
        Builtin(
            "bitushr", [.int, .int], returns: .int,
            run: Bits.shifted { Int64(truncatingIfNeeded: UInt64(bitPattern: $0) >> $1) }),
    ]

    private static let aboutStrings = [
        Builtin("trim", [.string, .string], required: 1, returns: .string, run: Strings.trim),
        Builtin("trimPrefix", [.string, .string], required: 1, returns: .string, run: Strings.trimPrefix),
        Builtin("trimSuffix", [.string, .string], required: 1, returns: .string, run: Strings.trimSuffix),
        Builtin("upper", [.string], returns: .string, run: Strings.upper),
        Builtin("lower", [.string], returns: .string, run: Strings.lower),
        Builtin("hasPrefix", [.string, .string], returns: .bool, run: Strings.hasPrefix),
        Builtin("hasSuffix", [.string, .string], returns: .bool, run: Strings.hasSuffix),
        Builtin("indexOf", [.string, .string], returns: .int, run: Strings.indexOf),
        Builtin("lastIndexOf", [.string, .string], returns: .int, run: Strings.lastIndexOf),
        Builtin(
            "split", [.string, .string, .int], required: 2, returns: .array(.string), run: Strings.split),
        Builtin(
            "splitAfter", [.string, .string, .int], required: 2, returns: .array(.string),
            run: Strings.splitAfter),
        Builtin("join", [.texts, .string], required: 1, returns: .string, run: Strings.join),
        Builtin(
            "replace", [.string, .string, .string, .int], required: 3, returns: .string,
            run: Strings.replace),
        Builtin("repeat", [.string, .int], returns: .string, run: Strings.repeat),
    ]

    /// What is read from a text and written as one.
    private static let aboutTexts = [
        Builtin("string", [.anything], returns: .string, run: Texts.string),
        Builtin("type", [.anything], returns: .string, run: Texts.type),
        Builtin("toJSON", [.anything], returns: .string, run: Texts.toJSON),
        Builtin("fromJSON", [.string], returns: .any, run: Texts.fromJSON),
        Builtin("toBase64", [.string], returns: .string, run: Texts.toBase64),
        Builtin("fromBase64", [.string], returns: .string, run: Texts.fromBase64),
    ]

    private static let aboutTime = [
        Builtin("now", [], returns: .time, run: Clockwork.now),
        Builtin("duration", [.string], returns: .duration, run: Clockwork.duration),
        Builtin("date", [.string, .string, .string], required: 1, returns: .time, run: Clockwork.date),
    ]
}

extension [ValueType] {
    /// What an element of the first argument is.
    fileprivate var element: ValueType { first?.element ?? .any }
}
