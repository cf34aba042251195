// SPDX-License-Identifier: MIT
#include "core/net/absence.hpp"

namespace sluice::net {
namespace {

thread_local AbsenceListener* listener = nullptr;
thread_local int depth = 0;

}  // namespace

void SetAbsenceListener(AbsenceListener* whom) { listener = whom; }

Absence::Absence() {
  if (depth++ == 0 && listener != nullptr) listener->Left();
}

Absence::~Absence() {
  if (--depth == 0 && listener != nullptr) listener->Returned();
}

}  // namespace sluice::net
