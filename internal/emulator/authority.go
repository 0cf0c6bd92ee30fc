// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync"
	"time"
)

// authority is the emulator's own certificate authority.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  string

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// CACertPEM returns the certificate of the authority that vouches for the
// emulator's TLS, as PEM.
func (s *Server) CACertPEM() string { return s.authority().pem }

func (s *Server) authority() *authority {
	s.caOnce.Do(func() { s.ca = newAuthority() })
	return s.ca
}

func newAuthority() *authority {
	ca := &authority{leaves: map[string]*tls.Certificate{}}
	tmpl := certificateTemplate("emulator CA")
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	ca.key = newKey()
	der := mustCertificate(tmpl, tmpl, ca.key, ca.key)
	ca.cert, _ = x509.ParseCertificate(der) // made a line above
	ca.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return ca
}

// certificate makes, once, the certificate for a host name; for 127.0.0.1
// where the client named none.
func (ca *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if leaf := ca.leaves[name]; leaf != nil {
		return leaf, nil
	}
	tmpl := certificateTemplate(name)
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if name == "" {
		tmpl.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	} else {
		tmpl.DNSNames = []string{name}
	}
	key := newKey()
	leaf := &tls.Certificate{Certificate: [][]byte{mustCertificate(tmpl, ca.cert, key, ca.key)}, PrivateKey: key}
	ca.leaves[name] = leaf
	return leaf, nil
}

func certificateTemplate(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
	}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return key
}

func mustCertificate(tmpl, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return der
}
