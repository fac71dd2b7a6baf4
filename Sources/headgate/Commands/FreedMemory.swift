import CAllocator

/// Returns to the system what reading the journal took and has given up: the C library would keep it for the life of
/// the process, several times what the rollouts themselves need.
func giveBackFreedMemory() {
    headgate_give_back_freed_memory()
}
