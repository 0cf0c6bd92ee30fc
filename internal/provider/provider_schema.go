// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

type providerModel struct {
	Region             types.String `tfsdk:"region"`
	AccessKey          types.String `tfsdk:"access_key"`
	SecretKey          types.String `tfsdk:"secret_key"`
	SecurityToken      types.String `tfsdk:"security_token"`
	Token              types.String `tfsdk:"token"`
	UserName           types.String `tfsdk:"user_name"`
	UserID             types.String `tfsdk:"user_id"`
	Password           types.String `tfsdk:"password"`
	DomainID           types.String `tfsdk:"domain_id"`
	DomainName         types.String `tfsdk:"domain_name"`
	ProjectID          types.String `tfsdk:"project_id"`
	ProjectName        types.String `tfsdk:"project_name"`
	AuthURL            types.String `tfsdk:"auth_url"`
	Cloud              types.String `tfsdk:"cloud"`
	Endpoints          types.Map    `tfsdk:"endpoints"`
	SMSRegion          types.String `tfsdk:"sms_region"`
	Insecure           types.Bool   `tfsdk:"insecure"`
	CACertFile         types.String `tfsdk:"cacert_file"`
	MaxRetries         types.Int64  `tfsdk:"max_retries"`
	SharedConfigFile   types.String `tfsdk:"shared_config_file"`
	Profile            types.String `tfsdk:"profile"`
	SigningAlgorithm   types.String `tfsdk:"signing_algorithm"`
	ExplainDenials     types.Bool   `tfsdk:"explain_denials"`
	AssumeRole         types.List   `tfsdk:"assume_role"`           // of assumeModel
	AssumeRoleWithOIDC types.List   `tfsdk:"assume_role_with_oidc"` // of oidcModel
}

type assumeModel struct {
	AgencyName types.String `tfsdk:"agency_name"`
	DomainName types.String `tfsdk:"domain_name"`
	DomainID   types.String `tfsdk:"domain_id"`
	Duration   types.Int64  `tfsdk:"duration"`
}

type oidcModel struct {
	IdPID       types.String `tfsdk:"idp_id"` //nolint:revive // IdP is how the services write it.
	IDToken     types.String `tfsdk:"id_token"`
	IDTokenFile types.String `tfsdk:"id_token_file"`
	AgencyName  types.String `tfsdk:"agency_name"`
	DomainID    types.String `tfsdk:"domain_id"`
	Duration    types.Int64  `tfsdk:"duration"`
}

// described appends to an argument's description the variables that it falls back to.
func described(name, text string) string {
	vars := variables[name]
	if len(vars) == 0 {
		return text
	}
	return text + " Falls back to " + code(vars...) + "."
}

// code lists words as Markdown code, in the order in which they count.
func code(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	if len(quoted) > 2 {
		return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
	}
	return strings.Join(quoted, " or ")
}

func providerSchema() schema.Schema {
	text := func(name, description string, sensitive bool) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Sensitive: sensitive, MarkdownDescription: described(name, description)}
	}
	return schema.Schema{
		MarkdownDescription: "Unlocks the target server of a Server Migration Service (SMS) task and reads O&M URLs of Cloud Bastion Host (CBH), on Huawei Cloud. Every argument is optional: what is not given is taken from the environment, as the official `huaweicloud` provider does.",
		Attributes: map[string]schema.Attribute{
			"region":         text("region", "Region, e.g. `cn-north-4`: lower-case letters, digits and hyphens. Required in effect, here, in the environment or in the profile.", false),
			"access_key":     text("access_key", "Access key (AK), with `secret_key`.", false),
			"secret_key":     text("secret_key", "Secret key (SK) of the access key.", true),
			"security_token": text("security_token", "Security token of a temporary access key. It counts only beside its key: as an argument with `access_key` or `secret_key` as an argument, as a variable with one of them as a variable.", true),
			"token":          text("token", "IAM token (`X-Auth-Token`) that somebody else obtained. It is used as it is and can not be renewed. It comes before an access key and before a password.", true),
			"user_name":      text("user_name", "IAM user name, with `password` and `domain_name` or `domain_id`.", false),
			"user_id":        text("user_id", "IAM user ID, with `password`; needs no domain.", false),
			"password":       text("password", "Password of the IAM user. A password that is refused is not tried again while the provider runs, since accounts get locked.", true),
			"domain_id":      text("domain_id", "ID of the account (domain) that the IAM user belongs to.", false),
			"domain_name":    text("domain_name", "Name of the account (domain) that the IAM user belongs to.", false),
			"project_id":     text("project_id", "Project ID. Default: that of `project_name`, looked up once.", false),
			"project_name":   text("project_name", "Project name. Default: the name of the region, which is that of its default project.", false),
			"auth_url":       text("auth_url", "IAM endpoint. A final `/v3` is dropped; `endpoints.iam` comes before it. Default: `https://iam.{region}.{cloud}`.", false),
			"cloud":          text("cloud", "Domain of the cloud. Default: `myhuaweicloud.com`, and `myhuaweicloud.eu` for regions that begin with `eu-west-1`.", false),
			"endpoints": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Endpoints by service, with or without a final slash: " + code(client.EndpointKeys...) + ". They must be HTTPS, or HTTP to a loopback address. `sms-intl` is the key that the official provider uses for SMS on the international site; its other keys are left alone.",
			},
			"sms_region": text("sms_region", "Region whose host serves SMS. SMS is one control plane per site, not per region. Default: `region` where SMS has a host of its own, else `cn-north-4` for `cn-*` regions and `ap-southeast-3` for the others; none for `eu-west-1*` or a `cloud` of one's own, where `endpoints.sms` is needed.", false),
			"insecure": schema.BoolAttribute{Optional: true,
				MarkdownDescription: described("insecure", "Skips the verification of TLS certificates, and warns about it. Prefer `cacert_file`. Default: `false`.")},
			"cacert_file": text("cacert_file", "CA certificates to trust beside the system's: a path, or the PEM text itself.", false),
			"max_retries": schema.Int64Attribute{Optional: true,
				MarkdownDescription: described("max_retries", "How often a request is sent again after a connection failed or the service answered 408, 429, 502, 503 or 504 (after 500: once). Default: `5`; not negative.")},
			"shared_config_file": text("shared_config_file", "KooCLI configuration file. It is read only if this or `profile` is given. Default: `~/.hcloud/config.json`.", false),
			"profile":            text("profile", "Profile of the shared configuration file. Its keys come before an access key and a password, its region and project before arguments and variables; a `token` and `assume_role_with_oidc` come before its keys. Default: the file's `current` profile.", false),
			"signing_algorithm":  text("signing_algorithm", "How requests are signed: "+code(client.SigningAlgorithms...)+". Default: `"+client.SigningAlgorithms[0]+"`.", false),
			"explain_denials": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Asks STS for the reason of a refusal that comes with an encoded authorization message, which takes the permission `sts::decodeAuthorizationMessage` and an access key. Default: `true`."},
		},
		Blocks: map[string]schema.Block{
			"assume_role":           assumeRoleBlock(),
			"assume_role_with_oidc": oidcBlock(),
		},
	}
}

// seconds bounds the life of temporary keys ("Obtaining Temporary Access Keys and Security Tokens of an IAM Agency").
func seconds() []validator.Int64 { return []validator.Int64{int64validator.Between(900, 86400)} }

func assumeRoleBlock() schema.Block {
	return schema.ListNestedBlock{
		MarkdownDescription: "Agency to assume with the credentials above. Several blocks are a chain, in their order: each is assumed with the keys of the one before. Without a block, " + code("HW_ASSUME_ROLE_AGENCY_NAME") + " with " + code("HW_ASSUME_ROLE_DOMAIN_NAME", "HW_ASSUME_ROLE_DOMAIN_ID") + " stands for one.",
		NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
			"agency_name": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role.agency_name", "Name of the agency.")},
			"domain_name": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role.domain_name", "Name of the account that delegates. The agency is then assumed through IAM v3.")},
			"domain_id": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role.domain_id", "ID of the account that delegates. The agency is then assumed through STS v5.")},
			"duration": schema.Int64Attribute{Optional: true, Validators: seconds(),
				MarkdownDescription: described("assume_role.duration", "Life of the temporary keys in seconds, 900 to 86400. They are renewed before they expire. Default: 12 hours through IAM; through STS that service's own, and no more than it gives.")},
		}},
	}
}

func oidcBlock() schema.Block {
	return schema.ListNestedBlock{
		MarkdownDescription: "Signs in with an ID token of an identity provider, for CI systems that hold no secret, and assumes an agency.",
		Validators:          []validator.List{listvalidator.SizeAtMost(1)},
		NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
			"idp_id": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role_with_oidc.idp_id", "ID of the identity provider in IAM.")},
			"id_token": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: described("assume_role_with_oidc.id_token", "ID token. Give this or `id_token_file`.")},
			"id_token_file": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role_with_oidc.id_token_file", "File that holds the ID token. It is read anew each time keys are obtained.")},
			"agency_name": schema.StringAttribute{Optional: true,
				MarkdownDescription: described("assume_role_with_oidc.agency_name", "Name of the agency to assume.")},
			"domain_id": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: described("assume_role_with_oidc.domain_id", "ID of the account that delegates.")},
			"duration": schema.Int64Attribute{Optional: true, Validators: seconds(),
				MarkdownDescription: described("assume_role_with_oidc.duration", "Life of the agency's temporary keys in seconds, 900 to 86400. They are renewed before they expire. Default: that of STS, and no more than it gives.")},
		}},
	}
}
