// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"sync"

	"github.com/tjfoc/gmsm/sm2"
)

// keyCache keeps derived public keys, since a derivation costs more than a
// check.
type keyCache[K any] struct{ m sync.Map }

// get returns the key of an access key and secret, derived once; nil where
// derive fails.
func (kc *keyCache[K]) get(access, secret string, derive func() *K) *K {
	id := [2]string{access, secret}
	if v, ok := kc.m.Load(id); ok {
		k, _ := v.(*K)
		return k
	}
	k := derive()
	kc.m.Store(id, k)
	return k
}

var (
	p256Keys keyCache[ecdsa.PublicKey]
	sm2Keys  keyCache[sm2.PublicKey]
)

// privateInt derives a private key from a pair of access and secret key by a
// key derivation function in counter mode with HMAC: a candidate above n-2 is
// thrown away for the next one.
func (a *scheme) privateInt(access, secret string, n *big.Int) *big.Int {
	limit := new(big.Int).Sub(n, big.NewInt(2))
	for counter := range 256 {
		text := "\x00\x00\x00\x01" + a.name + "\x00" + access + string([]byte{byte(counter)}) + "\x00\x00\x01\x00"
		candidate := new(big.Int).SetBytes(a.hmac(secret, text))
		if candidate.Cmp(limit) <= 0 {
			return candidate.Add(candidate, big.NewInt(1))
		}
	}
	return nil
}

// verifyP256 checks an ASN.1 signature by ECDSA on P-256 with SHA-256.
func verifyP256(a *scheme, access, secret, toSign string, sig []byte) bool {
	pub := p256Keys.get(access, secret, func() *ecdsa.PublicKey {
		d := a.privateInt(access, secret, elliptic.P256().Params().N)
		if d == nil {
			return nil
		}
		priv, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.FillBytes(make([]byte, 32)))
		if err != nil {
			return nil
		}
		return &priv.PublicKey
	})
	digest := sha256.Sum256([]byte(toSign))
	return pub != nil && ecdsa.VerifyASN1(pub, digest[:], sig)
}

// verifySM2 checks an ASN.1 signature by SM2 with SM3 and the default user ID.
func verifySM2(a *scheme, access, secret, toSign string, sig []byte) bool {
	pub := sm2Keys.get(access, secret, func() *sm2.PublicKey {
		curve := sm2.P256Sm2()
		d := a.privateInt(access, secret, curve.Params().N)
		if d == nil {
			return nil
		}
		p := &sm2.PublicKey{Curve: curve}
		p.X, p.Y = curve.ScalarBaseMult(d.Bytes()) //nolint:staticcheck // crypto/ecdh lacks this curve
		return p
	})
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &rs); err != nil || len(rest) > 0 || pub == nil {
		return false
	}
	return sm2.Sm2Verify(pub, []byte(toSign), nil, rs.R, rs.S)
}
