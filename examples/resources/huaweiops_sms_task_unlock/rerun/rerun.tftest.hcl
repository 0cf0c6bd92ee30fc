# Unlocks for real: TF_VAR_task_id=... terraform test

run "unlocks" {
  assert {
    condition     = output.server.locked == false
    error_message = "The server is still locked."
  }

  assert {
    condition     = contains(["sms", "ecs"], output.server.unlocked_by)
    error_message = "It is not known who accepted the unlock."
  }
}

run "does_not_unlock_without_a_change" {
  command = plan

  # It would not be known before the apply if the server were to be unlocked again.
  assert {
    condition     = huaweiops_sms_task_unlock.target.accepted_at != null
    error_message = "An apply without a change would unlock again."
  }
}

run "unlocks_again_in_place" {
  variables {
    revision = 2
  }

  assert {
    condition     = huaweiops_sms_task_unlock.target.triggers["revision"] == "2" && output.server.locked == false
    error_message = "The second unlock was not recorded, or did not free the server."
  }
}
