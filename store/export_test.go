package store

// Unsynced gives o for a store that does not wait for the disk.
func Unsynced(o Options) Options {
	o.NoSync = true
	return o
}
