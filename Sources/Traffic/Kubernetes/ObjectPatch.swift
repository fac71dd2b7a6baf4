import Kubernetes
import Transport

/// The patch that makes one tree of the other, unless somebody else was there meanwhile; none where they are
/// the same.
func patch(from old: JSON, to new: JSON, at reference: ObjectReference) -> ObjectWrite? {
    let leaves = edits(from: old, to: new)
    guard !leaves.isEmpty else { return nil }
    let guarded = old.resourceVersion.map { [PatchOperation.version($0)] } ?? []
    return ObjectWrite(reference, .patch(guarded + leaves), manager: FieldManager.patch)
}
