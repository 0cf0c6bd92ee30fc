variable "cacert_file" {
  description = "Certificate of the CA that vouches for the cloud's hosts."
  type        = string
}

# A cloud of one's own: hosts are {service}.{region}.{cloud}. That of SMS can not be known, so it is given.
provider "huaweiops" {
  region      = "region-1"
  cloud       = "cloud.example"
  cacert_file = var.cacert_file

  endpoints = {
    sms = "https://sms.region-1.cloud.example"
  }
}

data "huaweiops_sms_tasks" "all" {}
