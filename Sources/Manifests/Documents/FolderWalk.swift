#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the manifests below some folders, in the order of their names.
struct FolderWalk {
    private(set) var files: [String] = []
    private(set) var diagnostics: [Diagnostic] = []
    private let root: String?
    private var seen: Set<String> = []

    static let filesMax = 10_000
    private static let depthMax = 16
    private static let endings = [".yaml", ".yml", ".json"]

    init(root: String?, paths: [String]) {
        self.root = root
        for path in paths { add(path) }
    }

    /// Where a file is that is called `path`.
    func location(of path: String) -> String {
        guard let root, !path.hasPrefix("/") else { return path }
        return path == "." ? root : "\(root)/\(path)"
    }

    /// A file that is named is read whatever its ending; one that is not there is reported when it is read.
    private mutating func add(_ path: String) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        isFolder(path, following: true) ? walk(path, depth: 0) : take(path)
    }

    private mutating func take(_ file: String) {
        guard files.count < Self.filesMax else { return }
        guard seen.insert(file).inserted else { return }
        files.append(file)
        if files.count == Self.filesMax {
            diagnostics.append(Diagnostic(file: file, "no more than \(Self.filesMax) files are read at once"))
        }
    }

    private mutating func walk(_ folder: String, depth: Int) {
        guard depth < Self.depthMax else {
            diagnostics.append(
                Diagnostic(file: folder, "folders are nested too deeply; the limit is \(Self.depthMax)"))
            return
        }
        for name in names(in: folder) where !name.hasPrefix(".") && files.count < Self.filesMax {
            let path = folder == "." ? name : folder == "/" ? "/" + name : "\(folder)/\(name)"
            // A link to a folder could lead in a circle, or out of the checkout.
            if isFolder(path, following: false) {
                walk(path, depth: depth + 1)
            } else if Self.endings.contains(where: name.hasSuffix), !isFolder(path, following: true) {
                take(path)
            }
        }
    }

    private func isFolder(_ path: String, following: Bool) -> Bool {
        var status = stat()
        let location = location(of: path)
        guard (following ? stat(location, &status) : lstat(location, &status)) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private mutating func names(in folder: String) -> [String] {
        guard let handle = opendir(location(of: folder)) else {
            let reason = String(cString: strerror(errno))
            diagnostics.append(Diagnostic(file: folder, "cannot be read: \(reason)"))
            return []
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                        String(cString: $0)
                    }
                })
        }
        return names.sorted()
    }
}
