// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

// Task is a migration task of the Server Migration Service.
type Task struct {
	// ID is a UUID; AddTask makes one when it is empty.
	ID    string
	Name  string
	State string
	// Type is MIGRATE_BLOCK when empty, OSType is LINUX when empty.
	Type   string
	OSType string
	// TargetVMID is the ECS ID of the target. It may be empty, as in the
	// published examples, and then there is nothing to unlock. TargetServerName
	// and TargetIP are answered as null when empty.
	TargetVMID       string
	TargetServerName string
	TargetIP         string
	// RegionID, RegionName, ProjectID and ProjectName are the target's.
	// AddTask fills empty ones from the default account.
	RegionID         string
	RegionName       string
	ProjectID        string
	ProjectName      string
	SourceServerID   string
	SourceServerName string
	// EnterpriseProjectID is "0", the default enterprise project, when empty.
	EnterpriseProjectID string
	// CreateDate is in milliseconds since 1970; now when zero.
	CreateDate int64
	// Site is the region whose SMS holds the task; the server's own site when
	// empty.
	Site string
}

// VM is a cloud server of the ECS.
type VM struct {
	// ID is a UUID; AddServer makes one when it is empty.
	ID   string
	Name string
	// Region and ProjectID are those of the default account when empty.
	Region    string
	ProjectID string
	Locked    bool
	// Sticky locks survive every unlock, which is accepted all the same.
	Sticky bool
	// LiftAfterReads is the number of reads of the server after an accepted
	// unlock that still find it locked.
	LiftAfterReads int
	// Metadata is the server's own, where a lock may say who set it
	// (lockSource, lockSourceId, lockScene, lockCheckEndpoint).
	Metadata map[string]string

	lifting bool // unlocked, but LiftAfterReads more reads see the lock
}

// Bastion is a CBH instance.
type Bastion struct {
	// ServerID is the ID of the ECS that runs the instance.
	ServerID string
	// Region and ProjectID are those of the default account when empty.
	Region    string
	ProjectID string
	// Hosts maps the address of a managed host to the accounts on it.
	Hosts map[string][]string
	// LoginURL is the address of the bastion's web port, to which each answer
	// adds a secret of its own; an address of the range for documentation
	// (RFC 5737) when empty.
	LoginURL string
}

// Account is a Huawei Cloud account, in IAM's words a domain.
type Account struct {
	ID   string
	Name string
}

// User is an IAM user. Each of AccessKeys signs requests in the user's name.
type User struct {
	ID       string
	Name     string
	Password string
	// DomainID is the default account's when empty.
	DomainID   string
	AccessKeys []AccessKey
}

// AccessKey is a permanent access key of a user.
type AccessKey struct {
	Access string
	Secret string
}

// Project is an IAM project. Several may bear one name.
type Project struct {
	ID   string
	Name string
	// DomainID is the default account's when empty.
	DomainID string
}

// Agency is a role that principals of the trusted accounts may take.
type Agency struct {
	Name string
	// DomainID is the account that owns the agency and that its keys act in;
	// the default account when empty.
	DomainID string
	// Trusted are the accounts that may take it; everybody when nil.
	Trusted []string
}

// IdentityProvider is an OpenID Connect provider that an account trusts.
type IdentityProvider struct {
	ID string
	// DomainID is the default account's when empty.
	DomainID string
	// IDTokens are the tokens that are taken, as they come; none is parsed.
	IDTokens []string
}
