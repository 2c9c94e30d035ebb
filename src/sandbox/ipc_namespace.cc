#include "sandbox/ipc_namespace.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

namespace apiary {

bool has_no_ipc_objects() {
  struct shm_info memory {};
  struct seminfo semaphores {};
  struct msginfo messages {};
  const auto has_some = [](int result, int used) { return result < 0 || used > 0; };
  const bool shared =
      has_some(shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&memory)), memory.used_ids);
  const bool sets = has_some(semctl(0, 0, SEM_INFO, &semaphores), semaphores.semusz);
  const bool queues =
      has_some(msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&messages)), messages.msgpool);
  return !shared && !sets && !queues;
}

}  // namespace apiary
