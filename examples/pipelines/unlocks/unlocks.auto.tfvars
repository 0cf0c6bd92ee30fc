# One line for each task. The pull request that adds it says why.
unlocks = {
  "7a9a9540-ff28-4869-b9e4-855fbe120006" = 1
}
