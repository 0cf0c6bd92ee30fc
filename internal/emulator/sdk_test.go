// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	cbh "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cbh/v2"
	cbhmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cbh/v2/model"
	ecs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2"
	ecsmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2/model"
	iam "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3"
	iammodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/model"
	sms "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/sms/v3"
	smsmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/sms/v3/model"
	sts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/sts/v1"
	stsmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/sts/v1/model"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// sdk makes the official SDK's HTTP client for the emulator's default user.
func sdk(t *testing.T, s *emulator.Server, builder *core.HcHttpClientBuilder, alg algorithm.SigningAlgorithm, domain bool) *core.HcHttpClient {
	t.Helper()
	var cred auth.ICredential
	var err error
	if domain {
		cred, err = global.NewCredentialsBuilder().WithAk(emulator.DefaultAccessKey).WithSk(emulator.DefaultSecretKey).
			WithDomainId(emulator.DefaultDomainID).SafeBuild()
	} else {
		cred, err = basic.NewCredentialsBuilder().WithAk(emulator.DefaultAccessKey).WithSk(emulator.DefaultSecretKey).
			WithProjectId(emulator.DefaultProjectID).SafeBuild()
	}
	if err != nil {
		t.Fatal(err)
	}
	client, err := builder.WithEndpoint(s.URL()).WithCredential(cred).
		WithHttpConfig(config.DefaultHttpConfig().WithSigningAlgorithm(alg)).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestOfficialSDK lets the official clients, with each way to sign, read what
// the emulator answers.
func TestOfficialSDK(t *testing.T) {
	s := emulator.Start()
	t.Cleanup(s.Close)
	taskID, serverID := emulator.TaskID("MIGRATE_FAIL"), emulator.ServerID("MIGRATE_FAIL")
	for _, alg := range []algorithm.SigningAlgorithm{
		algorithm.HmacSHA256, algorithm.HmacSM3, algorithm.EcdsaP256SHA256, algorithm.SM2SM3,
	} {
		t.Run(string(alg), func(t *testing.T) {
			smsClient := sms.NewSmsClient(sdk(t, s, sms.SmsClientBuilder(), alg, false))
			task, err := smsClient.ShowTask(&smsmodel.ShowTaskRequest{TaskId: taskID})
			if err != nil {
				t.Fatal(err)
			}
			if *task.Id != taskID || task.State.Value() != "MIGRATE_FAIL" || *task.TargetServer.VmId != serverID ||
				*task.RegionId != emulator.DefaultRegion || *task.ProjectId != emulator.DefaultProjectID || task.TargetServer.Ip != nil {
				t.Errorf("task: %s", task)
			}
			limit, name := int32(10), "MigrationTask03"
			list, err := smsClient.ListTasks(&smsmodel.ListTasksRequest{Limit: &limit, Name: &name})
			if err != nil {
				t.Fatal(err)
			}
			if tasks := *list.Tasks; *list.Count != 1 || len(tasks) != 1 || tasks[0].State.Value() != "SYNCING" || *tasks[0].CreateDate < 1e12 {
				t.Errorf("list: %s", list)
			}

			server, err := ecs.NewEcsClient(sdk(t, s, ecs.EcsClientBuilder(), alg, false)).
				ShowServer(&ecsmodel.ShowServerRequest{ServerId: serverID})
			if err != nil {
				t.Fatal(err)
			}
			if server.Server.Id != serverID || !server.Server.Locked || server.Server.TenantId != emulator.DefaultProjectID ||
				server.Server.Metadata["lockSource"] == "" {
				t.Errorf("server: %s", server)
			}

			om, err := cbh.NewCbhClient(sdk(t, s, cbh.CbhClientBuilder(), alg, false)).ShowOmUrl(&cbhmodel.ShowOmUrlRequest{
				ServerId: emulator.DefaultBastionServerID, IpAddress: emulator.DefaultHostIP, HostAccountName: emulator.DefaultHostAccount,
			})
			if err != nil {
				t.Fatal(err)
			}
			if om.State.Value() != "SUCCESS" || !slices.Contains(s.LoginURLs(), *om.LoginUrl) {
				t.Errorf("O&M URL: %s", om)
			}

			region := emulator.DefaultRegion
			projects, err := iam.NewIamClient(sdk(t, s, iam.IamClientBuilder(), alg, true)).
				KeystoneListProjects(&iammodel.KeystoneListProjectsRequest{Name: &region})
			if err != nil {
				t.Fatal(err)
			}
			if p := *projects.Projects; len(p) != 1 || p[0].Id != emulator.DefaultProjectID || p[0].DomainId != emulator.DefaultDomainID {
				t.Errorf("projects: %s", projects)
			}
		})
	}
}

func TestOfficialSDKOnRefusals(t *testing.T) {
	s := emulator.Start()
	t.Cleanup(s.Close)
	smsClient := sms.NewSmsClient(sdk(t, s, sms.SmsClientBuilder(), algorithm.HmacSHA256, false))
	ecsClient := ecs.NewEcsClient(sdk(t, s, ecs.EcsClientBuilder(), algorithm.HmacSHA256, false))
	stsClient := sts.NewStsClient(sdk(t, s, sts.StsClientBuilder(), algorithm.HmacSHA256, false))

	_, err := smsClient.ShowTask(&smsmodel.ShowTaskRequest{TaskId: "none"})
	refusal(t, err, http.StatusNotFound, "SMS.7703")
	_, err = ecsClient.ShowServer(&ecsmodel.ShowServerRequest{ServerId: "none"})
	refusal(t, err, http.StatusNotFound, "Ecs.0114")

	s.Deny(emulator.DefaultUserName, emulator.OpShowTask)
	_, err = smsClient.ShowTask(&smsmodel.ShowTaskRequest{TaskId: emulator.TaskID("ABORT")})
	encoded := refusal(t, err, http.StatusForbidden, "SMS.9004")
	decoded, err := stsClient.DecodeAuthorizationMessage(&stsmodel.DecodeAuthorizationMessageRequest{
		Body: &stsmodel.DecodeAuthorizationMessageReq{EncodedMessage: encoded},
	})
	if err != nil {
		t.Fatal(err)
	}
	if decoded.DecodedMessage == nil || *decoded.DecodedMessage == "" {
		t.Errorf("decoded: %s", decoded)
	}
	who, err := stsClient.GetCallerIdentity(&stsmodel.GetCallerIdentityRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if *who.AccountId != emulator.DefaultDomainID {
		t.Errorf("caller: %s", who)
	}
}

// refusal checks an error of the service and returns its encoded message.
func refusal(t *testing.T, err error, status int, code string) string {
	t.Helper()
	var refused *sdkerr.ServiceResponseError
	if !errors.As(err, &refused) {
		t.Fatalf("not refused: %v", err)
	}
	if refused.StatusCode != status || refused.ErrorCode != code || refused.RequestId == "" {
		t.Fatalf("refused with %v", refused)
	}
	return refused.EncodedAuthorizationMessage
}
