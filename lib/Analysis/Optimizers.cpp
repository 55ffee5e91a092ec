//===- Optimizers.cpp - What an update does with each parameter -----------===//
//
// TR3. Operations per parameter, constants of the step folded:
//   sgd       w -= lr*g                                                       2
//   momentum  m = mu*m + g; w -= lr*m                                         4
//   adam      m = b1*m + (1-b1)*g (3); v = b2*v + (1-b2)*g*g (4);
//             w -= lr*m / (sqrt(v) + eps) (5)                                12
//   adamw     and w -= lr*decay*w                                            14
//   adafactor g*g + eps, sums over rows and columns (4); r*c, g / sqrt (3);
//             its RMS and clipping (3); RMS of w, lr, w -= u (4)             14
//
//===----------------------------------------------------------------------===//

#include "energy-opt/Training.h"

#include <iterator>

using namespace energyopt;

// Columns: operations; passes over g, w, w written, states; states; factored.
static constexpr UpdateRule kRules[] = {
    {"none", 0, 0, 0, 0, 0, 0, false, "no update"},
    {"sgd", 2, 1, 1, 1, 0, 0, false, "Robbins and Monro 1951"},
    {"momentum", 4, 1, 1, 1, 2, 1, false, "Polyak 1964"},
    {"adam", 12, 1, 1, 1, 4, 2, false, "Kingma and Ba, ICLR 2015, section 2"},
    {"adamw", 14, 1, 1, 1, 4, 2, false, "Loshchilov and Hutter, ICLR 2019, algorithm 2"},
    {"adafactor", 14, 3, 2, 1, 0, 0, true, "Shazeer and Stern, ICML 2018, algorithm 4"},
};

namespace energyopt {

const UpdateRule &updateRule(Optimizer optimizer) { return kRules[unsigned(optimizer)]; }

llvm::ArrayRef<llvm::StringRef> optimizerNames() {
  static constexpr llvm::StringRef names[] = {"none", "sgd",   "momentum",
                                              "adam", "adamw", "adafactor"};
  static_assert(std::size(names) == std::size(kRules));
  return names;
}

llvm::ArrayRef<llvm::StringRef> checkpointingNames() {
  static constexpr llvm::StringRef names[] = {"none", "selective", "full"};
  return names;
}

} // namespace energyopt
