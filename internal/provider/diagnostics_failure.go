// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// failureText says how no answer came.
func failureText(e *client.Error) string {
	switch e.Kind { //nolint:exhaustive // The rest is said below.
	case client.NoSuchHost:
		return fmt.Sprintf("There is no host named %s.", e.Host)
	case client.NoName:
		return fmt.Sprintf("The name of the host %s could not be looked up: %s", e.Host, sentence(e.Message))
	case client.NoConnection:
		return fmt.Sprintf("There is no connection to %s: %s", e.Host, sentence(e.Message))
	case client.BadCertificate:
		return fmt.Sprintf("TLS with %s failed: %s", e.Host, sentence(e.Message))
	case client.ProxyFailed:
		return fmt.Sprintf("The proxy did not lead to %s: %s", e.Host, sentence(e.Message))
	case client.Broken:
		return fmt.Sprintf("The connection to %s broke before the whole answer was there: %s", e.Host, sentence(e.Message))
	case client.Timeout:
		return fmt.Sprintf("%s did not answer in time.", e.Host)
	case client.Deadline:
		return fmt.Sprintf("Time was up before %s had answered.", e.Host)
	case client.Cancelled:
		return "The operation was cancelled before it was finished. A request that the service accepted already is not undone."
	}
	return fmt.Sprintf("%s answered, but %s", e.Host, sentence(e.Message))
}

// failureRemedy names the setting to look at.
func failureRemedy(e *client.Error, timeout timeoutName) string {
	switch e.Kind { //nolint:exhaustive // The rest is said below.
	case client.NoSuchHost:
		return "Check region, cloud and endpoints of the provider, and this machine's DNS. The name was not asked for again: a name that does not exist stays so."
	case client.NoName:
		return "Check this machine's DNS: it gave no answer, so whether the host exists is not known."
	case client.NoConnection:
		return "Check endpoints, the firewall, and whether a proxy is needed (HTTPS_PROXY, NO_PROXY)."
	case client.BadCertificate:
		return "If a proxy or a private cloud uses a CA of its own, give its certificate in cacert_file. Check that endpoints names the right host."
	case client.ProxyFailed:
		return "Check HTTPS_PROXY and NO_PROXY: does the proxy run, and may it reach the host?"
	case client.Broken:
		return "Run again. If it stays, look at proxies and firewalls between. Whether the service did the work already is not known."
	case client.Timeout:
		return "Run again. If it stays, check the network and the proxy (HTTPS_PROXY)."
	case client.Deadline:
		return timeout.text()
	case client.Cancelled:
		return "Run again when you are ready."
	}
	return "Check that endpoints names the service's own host and that no proxy changes its answers. If both are right, report it to this provider's authors."
}
