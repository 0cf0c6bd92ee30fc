terraform apply -invoke=action.huaweiops_sms_task_unlock.target -var task_id=7a9a9540-ff28-4869-b9e4-855fbe120006
