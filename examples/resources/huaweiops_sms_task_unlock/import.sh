# The import ID is the ID of the migration task. Nothing is sent to the services.
terraform import huaweiops_sms_task_unlock.example 7a9a9540-ff28-4869-b9e4-855fbe120006
