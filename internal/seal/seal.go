// Package seal encrypts personal data at rest with AES-256-GCM: number plates, and payloads in
// quarantine. What is sealed names its key by one byte, so keys can be changed while old data stays
// readable.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrOpen is wrapped by every error of Open: the data is not what some known key sealed.
var ErrOpen = errors.New("sealed data cannot be opened")

// Key is one key and the byte by which sealed data names it.
type Key struct {
	ID     byte
	Secret [KeySize]byte
}

// NewKey makes a key from the system's random source.
func NewKey(id byte) Key {
	k := Key{ID: id}
	rand.Read(k.Secret[:]) // never fails: it ends the program instead
	return k
}

// Sealer seals with its newest key and opens with any of its keys. It is safe for concurrent use.
//
// Every message takes a random nonce of 96 bits, so one key must seal at most 2³² messages: at a
// million a day, rotate within eleven years.
type Sealer struct {
	current byte
	ciphers map[byte]cipher.AEAD
}

// New makes a Sealer from keys with different ids, of which the last is the newest.
func New(keys ...Key) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("seal: no key")
	}
	s := &Sealer{current: keys[len(keys)-1].ID, ciphers: make(map[byte]cipher.AEAD, len(keys))}
	for _, k := range keys {
		if s.ciphers[k.ID] != nil {
			return nil, fmt.Errorf("seal: key id %d occurs twice", k.ID)
		}
		block, err := aes.NewCipher(k.Secret[:])
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", k.ID, err)
		}
		if s.ciphers[k.ID], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", k.ID, err)
		}
	}
	return s, nil
}

// Seal encrypts plain. The result is the key's id, the nonce (12 bytes), the ciphertext and the tag
// (16 bytes); the id is authenticated too.
func (s *Sealer) Seal(plain []byte) []byte {
	aead := s.ciphers[s.current]
	sealed := make([]byte, 1, 1+len(plain)+aead.Overhead())
	sealed[0] = s.current
	return aead.Seal(sealed, nil, plain, sealed[:1]) //nolint:gosec // the cipher makes its own nonce
}

// Open returns what was sealed. Its errors wrap ErrOpen and tell an unknown key from data that was
// changed.
func (s *Sealer) Open(sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrOpen)
	}
	aead := s.ciphers[sealed[0]]
	if aead == nil {
		return nil, fmt.Errorf("%w: key %d is not in the key file", ErrOpen, sealed[0])
	}
	plain, err := aead.Open(nil, nil, sealed[1:], sealed[:1])
	if err != nil {
		return nil, fmt.Errorf("%w: it was changed, or key %d is another one", ErrOpen, sealed[0])
	}
	return plain, nil
}
