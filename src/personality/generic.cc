#include <cassert>

#include "personality/fingerprint_database.h"
#include "personality/personality.h"

namespace apiary {
namespace {

// Our own figures, those of a stack that follows today's RFCs (7323, 6528, 6864, 1812).
constexpr std::string_view entry = R"(
Fingerprint generic
SEQ(SP=104%GCD=1%ISR=108%TI=Z%CI=Z%II=I%TS=A)
OPS(O1=M5B4ST11NW7%O2=M5B4ST11NW7%O3=M5B4NNT11NW7%O4=M5B4ST11NW7%O5=M5B4ST11NW7%O6=M5B4ST11)
WIN(W1=FD70%W2=FD70%W3=FD70%W4=FD70%W5=FD70%W6=FD70)
ECN(R=Y%DF=Y%T=40%W=FD70%O=M5B4NNSNW7%CC=Y%Q=)
T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=40%CD=S)
)";

}  // namespace

Personality generic_personality() {
  const auto database = parse_fingerprints(std::string(entry));
  assert(database);
  return compile_personality(database->fingerprints().front());
}

}  // namespace apiary
