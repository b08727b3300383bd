package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"requestd/intake"
)

// folderNumber returns the number that stands for a folder in keys; 0 if it has
// none and create is false.
func (tx *Tx) folderNumber(mailbox, folder string, create bool) (uint32, error) {
	key := append(append([]byte(mailbox), 0), folder...)
	if v := tx.get(bFolders, key); len(v) == 4 {
		return binary.BigEndian.Uint32(v), nil
	}
	if !create {
		return 0, nil
	}
	n, err := tx.t.NextNumber(bFolders)
	if err != nil || n > 1<<31 {
		return 0, errors.Join(err, fmt.Errorf("number the folder %s/%s", mailbox, folder))
	}
	number := binary.BigEndian.AppendUint32(nil, uint32(n))
	tx.put(bFolders, key, number)
	for _, of := range [][]byte{bPosition, bPlaces, bTries} { // there is nothing, and this reads it at once for all its mail
		tx.t.PrefetchFrom(of, number)
	}
	return uint32(n), tx.err
}

// placeKey returns nil for a folder that has no number.
func (tx *Tx) placeKey(p intake.MailLocation, create bool) ([]byte, error) {
	n, err := tx.folderNumber(p.Mailbox, p.Folder, create)
	if n == 0 || err != nil {
		return nil, err
	}
	k := binary.BigEndian.AppendUint32(nil, n)
	k = binary.BigEndian.AppendUint32(k, p.UIDValidity)
	return binary.BigEndian.AppendUint32(k, p.UID), nil
}

// Position returns how far a folder has been taken in. Registered UIDs above
// Through are found by ArrivalAt and Places.
func (tx *Tx) Position(mailbox, folder string) (intake.Position, bool) {
	n, err := tx.folderNumber(mailbox, folder, false)
	tx.fail(err)
	if n == 0 {
		return intake.Position{}, false
	}
	v := tx.get(bPosition, binary.BigEndian.AppendUint32(nil, n))
	if len(v) != 8 {
		return intake.Position{}, false
	}
	return intake.Position{UIDValidity: binary.BigEndian.Uint32(v), Through: binary.BigEndian.Uint32(v[4:])}, true
}

// SetPosition records how far a folder has been taken in.
func (tx *Tx) SetPosition(mailbox, folder string, p intake.Position) error {
	n, err := tx.folderNumber(mailbox, folder, true)
	if err != nil {
		return err
	}
	v := binary.BigEndian.AppendUint32(nil, p.UIDValidity)
	tx.put(bPosition, binary.BigEndian.AppendUint32(nil, n), binary.BigEndian.AppendUint32(v, p.Through))
	return tx.err
}

// ResetFolder forgets how far a folder has been taken in, so that it is read
// again. What is registered stays registered.
func (tx *Tx) ResetFolder(mailbox, folder string) error {
	n, err := tx.folderNumber(mailbox, folder, false)
	if n == 0 || err != nil {
		return err
	}
	tx.remove(bPosition, binary.BigEndian.AppendUint32(nil, n))
	return tx.err
}

func splitFolder(k []byte) (mailbox, folder string) {
	mailbox, folder, _ = strings.Cut(string(k), "\x00")
	return mailbox, folder
}

// CountAttempt counts one more attempt at a mail that is not recorded yet and
// returns the number so far. Call it before the attempt: reading the mail may
// crash the process.
func (tx *Tx) CountAttempt(p intake.MailLocation) (attempts int) {
	key, err := tx.placeKey(p, true)
	if err != nil {
		tx.fail(err)
		return 0
	}
	attempts = tx.tries(key) + 1
	tx.put(bTries, key, binary.AppendUvarint(nil, uint64(attempts)))
	return attempts
}

func (tx *Tx) tries(key []byte) int {
	if n := uvarints(tx.get(bTries, key)); len(n) == 1 {
		return int(n[0])
	}
	return 0
}
