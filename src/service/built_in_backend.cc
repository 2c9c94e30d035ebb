#include "service/built_in_backend.h"

#include "service/built_in_session.h"

namespace apiary {

tl::expected<std::unique_ptr<Session>, Refusal> BuiltInBackend::open(const OpenSession& open,
                                                                     NoteLimiter) {
  auto session = std::make_unique<BuiltInSession>(inbox_, open);
  session->start();
  return session;
}

}  // namespace apiary
