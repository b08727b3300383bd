package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The rules for a password: it must be long, and may contain anything (NIST SP
// 800-63B section 3.1.1 asks for no mixture of characters).
const (
	minPassword = 12
	maxPassword = 200
)

// The cost of a guess: OWASP's minimum for argon2id.
const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	argonLanes  = 1
	argonSalt   = 16 // bytes
	argonKey    = 32 // bytes
)

// hashing limits how many passwords are hashed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 2)

func argon(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
}

func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // it never fails
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(argon(password, salt)))
}

// verifyPassword compares a password with a hash. A hash that cannot be read
// matches no password and takes as long.
func verifyPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	salt, key := make([]byte, argonSalt), []byte{}
	if len(parts) == 6 {
		if s, err := base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
			salt = s
		}
		key, _ = base64.RawStdEncoding.DecodeString(parts[5]) // an invalid hash equals none
	}
	return subtle.ConstantTimeCompare(argon(password, salt), key) == 1
}

// nobody is the hash that a password is compared with if there is no account,
// so that the answer takes as long.
var nobody = "$argon2id$$$AAAAAAAAAAAAAAAAAAAAAA$"

// newPassword makes a password to be typed once: 20 letters of 32, 100 bits.
func newPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789-"
	b := make([]byte, 20)
	rand.Read(b) // it never fails
	for i := range b {
		b[i] = letters[int(b[i])%(len(letters)-1)]
	}
	return fmt.Sprintf("%s-%s-%s-%s", b[:5], b[5:10], b[10:15], b[15:])
}
