/// Reads YAML, and JSON, which is YAML.
///
/// A stream is read to its end or not at all: when a later document is broken, the earlier ones are not returned
/// either, for half of a file is not what its writer meant.
package struct YAMLReader: Sendable {
    package let limits: YAMLLimits

    package init(limits: YAMLLimits = .manifest) {
        self.limits = limits
    }

    /// The documents of a stream, with every problem reported to `diagnostics`.
    ///
    /// Returns none when the stream cannot be read to its end. Problems that leave the tree whole (a duplicate
    /// key, an unknown tag) are reported and the tree is returned, so that decoders can add what they find; it is
    /// not to be used further when `diagnostics.hasErrors`.
    package func read(_ bytes: [UInt8], file: String, _ diagnostics: Diagnostics) -> [YAMLDocument] {
        do throws(Diagnostic) {
            let text = try YAMLEncoding(bytes, file: file, limits: limits).text()
            return try compose(text, file: file, diagnostics)
        } catch {
            diagnostics.report(error)
            return []
        }
    }

    /// The documents of a file. `name` is what diagnostics call it; by default its path.
    package func readFile(
        _ path: String, name: String? = nil, _ diagnostics: Diagnostics
    ) -> [YAMLDocument] {
        do throws(Diagnostic) {
            let bytes = try YAMLFile.read(path: path, name: name, limits: limits)
            return read(bytes, file: name ?? path, diagnostics)
        } catch {
            diagnostics.report(error)
            return []
        }
    }

    /// The documents of a stream without any error, or all of its errors.
    package func read(_ bytes: [UInt8], file: String) throws(InvalidDocument) -> [YAMLDocument] {
        let diagnostics = Diagnostics()
        let documents = read(bytes, file: file, diagnostics)
        try diagnostics.throwIfErrors()
        return documents
    }

    /// The documents of a file without any error, or all of its errors.
    package func readFile(_ path: String, name: String? = nil) throws(InvalidDocument) -> [YAMLDocument] {
        let diagnostics = Diagnostics()
        let documents = readFile(path, name: name, diagnostics)
        try diagnostics.throwIfErrors()
        return documents
    }

    private func compose(
        _ text: ArraySlice<UInt8>, file: String, _ diagnostics: Diagnostics
    ) throws(Diagnostic) -> [YAMLDocument] {
        // The closure hands its error back as a value, because `withUnsafeBufferPointer` of a slice erases it.
        let result = text.withUnsafeBufferPointer { bytes -> Result<[YAMLDocument], Diagnostic> in
            Result { () throws(Diagnostic) in
                var events = YAMLEvents(bytes, file: file)
                var composer = YAMLComposer(limits: limits, diagnostics: diagnostics)
                while !composer.isFinished { try composer.take(events.next()) }
                return composer.documents
            }
        }
        return try result.get()
    }
}
