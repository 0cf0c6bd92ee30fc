variable "server_name" {
  description = "Name of the cloud server that answers Ecs.0605."
  type        = string
}

# The official provider knows the server.
data "huaweicloud_compute_instance" "stuck" {
  name = var.server_name
}

# This one finds the migration task behind it, and lifts the lock.
data "huaweiops_sms_tasks" "of_server" {
  target_server_id = data.huaweicloud_compute_instance.stuck.id
}

resource "huaweiops_sms_task_unlock" "stuck" {
  task_id = data.huaweiops_sms_tasks.of_server.ids[0]
  verify  = true
}

# The official provider's ID of a CBH instance is that of its server, which server_id asks for.
data "huaweicloud_cbh_instances" "ops" {
  name = "ops"
}

output "bastion_server_id" {
  value = one(data.huaweicloud_cbh_instances.ops.instances[*].id)
}
