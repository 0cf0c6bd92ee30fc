# Unlocks for real where the list is not empty: terraform test -var 'reviewed={"..." = 1}'

run "unlocks_nothing_without_a_review" {
  variables {
    reviewed = {}
  }

  assert {
    condition     = length(huaweiops_sms_task_unlock.reviewed) == 0
    error_message = "Something was unlocked that nobody reviewed."
  }

  assert {
    condition     = length(output.to_review) == length(data.huaweiops_sms_tasks.failed.ids)
    error_message = "The list to review is not whole."
  }
}

run "unlocks_what_was_reviewed" {
  assert {
    condition     = alltrue([for id, unlock in huaweiops_sms_task_unlock.reviewed : unlock.task_id == id && unlock.accepted_by != null])
    error_message = "A reviewed task was not unlocked."
  }

  assert {
    condition     = length(setintersection(keys(huaweiops_sms_task_unlock.reviewed), output.to_review[*].id)) == 0
    error_message = "What was reviewed is still to be reviewed."
  }
}
