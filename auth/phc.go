package auth

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// PasswordCost is the work of one password check with argon2id.
type PasswordCost struct {
	// MemoryKiB is the memory of one check.
	MemoryKiB uint32
	// Passes is how often the memory is gone through.
	Passes uint32
	// Threads is how many goroutines share the work.
	Threads uint8
}

// PasswordCostDefault is the least that OWASP advises: 19 MiB, two passes, one thread;
// about 25 ms on a server core.
var PasswordCostDefault = PasswordCost{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}

// passwordCostMax bounds what a stored hash may ask for, so that a damaged row
// cannot take the machine's memory.
var passwordCostMax = PasswordCost{MemoryKiB: 1 << 20, Passes: 64, Threads: 64}

// Lengths of new salts and sums, and of the longest stored ones, in bytes.
const (
	saltBytes   = 16
	sumBytes    = 32
	phcPartsMax = 64
)

// phc is a stored password, in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<sum>, both base64 without padding.
type phc struct {
	cost PasswordCost
	salt []byte
	sum  []byte
}

func (p phc) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.cost.MemoryKiB, p.cost.Passes, p.cost.Threads, encode(p.salt), encode(p.sum))
}

// parsePHC reads what String wrote. Nothing but the canonical form counts.
func parsePHC(s string) (phc, bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return phc{}, false
	}
	var p phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.cost.MemoryKiB, &p.cost.Passes, &p.cost.Threads); err != nil {
		return phc{}, false
	}
	var errSalt, errSum error
	p.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	p.sum, errSum = base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || !p.sane() || p.String() != s {
		return phc{}, false
	}
	return p, true
}

func (p phc) sane() bool {
	most := passwordCostMax
	return within(p.cost.MemoryKiB, most.MemoryKiB) && within(p.cost.Passes, most.Passes) &&
		within(p.cost.Threads, most.Threads) && within(len(p.salt), phcPartsMax) && within(len(p.sum), phcPartsMax)
}

func within[N int | uint32 | uint8](n, most N) bool { return n >= 1 && n <= most }
