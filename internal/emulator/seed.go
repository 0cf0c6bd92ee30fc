// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"slices"
)

// The account that every emulator has. None of it is a real account's.
const (
	DefaultRegion      = "cn-north-4"
	DefaultAccessKey   = "EMULATORACCESSKEY001"
	DefaultSecretKey   = "emulatorSecretKey0000000000000000000001" // #nosec G101 -- the emulator's own
	DefaultUserName    = "emulator-user"
	DefaultUserID      = "0e1d0000000000000000000000000001"
	DefaultPassword    = "Emulator-Password-1" // #nosec G101 -- the emulator's own
	DefaultDomainID    = "d0a10000000000000000000000000001"
	DefaultDomainName  = "emulator-account"
	DefaultProjectID   = "0123456789abcdef0123456789abcdef"
	DefaultProjectName = DefaultRegion

	// SecondRegion is a region with a project of the default account but no
	// SMS of its own.
	SecondRegion    = "cn-east-3"
	SecondProjectID = "0123456789abcdef0123456789abcde2"
	// InternationalRegion is a region of the international site, with SMS.
	InternationalRegion    = "ap-southeast-3"
	InternationalProjectID = "0123456789abcdef0123456789abcde3"

	// DefaultAgencyName may be taken by any principal of the default account.
	DefaultAgencyName = "emulator-agency"
	// DefaultIdPID trusts DefaultIDToken.
	DefaultIdPID   = "emulator-idp"      //nolint:revive // IdP is how the services write it
	DefaultIDToken = "emulator.id.token" // #nosec G101 -- the emulator's own

	// DefaultBastionServerID manages DefaultHostIP with DefaultHostAccount.
	DefaultBastionServerID = "760aeee4-9916-436a-8854-837a9ae94b2b"
	DefaultHostIP          = "192.168.0.7"
	DefaultHostAccount     = "root"
)

// The states of a migration task that SMS documents (ListTasks and ShowTask;
// the last two as values of the filter alone).
var taskStates = []string{
	"READY", "RUNNING", "SYNCING", "MIGRATE_SUCCESS", "SYNC_SUCCESS", "MIGRATE_FAIL", "SYNC_FAIL", "ABORTING",
	"ABORT", "SKIPPING", "DELETING", "RESETING", "SYNC_F_ROLLBACKING", "SYNC_F_ROLLBACK_SUCCESS",
}

// TaskStates returns the states of which one task each is seeded.
func TaskStates() []string { return slices.Clone(taskStates) }

// TaskID returns the ID of the seeded task in a state of [TaskStates].
func TaskID(state string) string {
	return fmt.Sprintf("7a9a9540-ff28-4869-b9e4-855fbe12%04x", stateIndex(state))
}

// ServerID returns the ID of the locked server that is the target of the
// seeded task in a state of [TaskStates].
func ServerID(state string) string {
	return fmt.Sprintf("0f58c8dc-4a78-42e6-9811-565679de%04x", stateIndex(state))
}

func stateIndex(state string) int {
	i := slices.Index(taskStates, state)
	if i < 0 {
		panic("emulator: no task is seeded in state " + state)
	}
	return i + 1
}

// LockMetadata returns what the seeded servers say of their lock. The keys are
// documented, what SMS writes into them is not.
func LockMetadata() map[string]string {
	return map[string]string{"lockSource": "SMS", "lockScene": "MIGRATION"}
}

func (st *state) seedAccounts() {
	st.accounts[DefaultDomainID] = &Account{ID: DefaultDomainID, Name: DefaultDomainName}
	st.addUser(User{
		ID: DefaultUserID, Name: DefaultUserName, Password: DefaultPassword, DomainID: DefaultDomainID,
		AccessKeys: []AccessKey{{Access: DefaultAccessKey, Secret: DefaultSecretKey}},
	})
	st.projects = []*Project{
		{ID: DefaultProjectID, Name: DefaultProjectName, DomainID: DefaultDomainID},
		{ID: SecondProjectID, Name: SecondRegion, DomainID: DefaultDomainID},
		{ID: InternationalProjectID, Name: InternationalRegion, DomainID: DefaultDomainID},
	}
	st.addAgency(Agency{Name: DefaultAgencyName, Trusted: []string{DefaultDomainID}})
	st.idps[DefaultIdPID] = &IdentityProvider{
		ID: DefaultIdPID, DomainID: DefaultDomainID, IDTokens: []string{DefaultIDToken},
	}
}

func (st *state) seedServices() {
	const firstDate = 1_700_000_000_000 // 2023-11-14, milliseconds
	for i, name := range taskStates {
		st.addVM(VM{
			ID: ServerID(name), Name: fmt.Sprintf("target-%02d", i+1), Locked: true, Metadata: LockMetadata(),
		})
		st.addTask(Task{
			ID: TaskID(name), Name: fmt.Sprintf("MigrationTask%02d", i+1), State: name,
			TargetVMID: ServerID(name), TargetServerName: fmt.Sprintf("target-%02d", i+1),
			SourceServerID:   fmt.Sprintf("5a9a9540-ff28-4869-b9e4-855fbe12%04x", i+1),
			SourceServerName: fmt.Sprintf("source-%02d", i+1),
			CreateDate:       firstDate + int64(i)*60_000,
		})
	}
	st.addBastion(Bastion{
		ServerID: DefaultBastionServerID,
		Hosts:    map[string][]string{DefaultHostIP: {DefaultHostAccount}},
	})
}
