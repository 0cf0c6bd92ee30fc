data "huaweiops_cbh_instance_om_url" "example" {
  server_id         = "760aeee4-9916-436a-8854-837a9ae94b2b"
  ip_address        = "192.168.0.7"
  host_account_name = "root"
}
