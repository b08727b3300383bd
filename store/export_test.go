package store

// Unsynced gives o for a store that does not wait for the disk.
func Unsynced(o Options) Options {
	o.NoSync = true
	return o
}

// Newer gives o for a program of the next schema, to which f leads.
func Newer(o Options, f func(*Tx) error) Options {
	o.migrations = append(migrations(), step{once(f)})
	return o
}

// InSteps gives o for a store that is compacted in small parts, and f told how far
// that is.
func InSteps(o Options, f func(step string)) Options {
	o.copied, o.steps = 200, f
	return o
}

// Trips is how often transactions in a database have waited for an answer.
func Trips(db *DB) int64 { return db.pg.Trips() }

// Telling gives o for a store in which a word tells too little that stands in more
// than so many cases.
func Telling(o Options, most int) Options {
	o.mostOfAWord = most
	return o
}
