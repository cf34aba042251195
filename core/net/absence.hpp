// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Absence: a thread says that it waits, so that whoever schedules it lets another work in its place.

namespace sluice::net {

/// Implemented by who has more threads than shall work at one time. Threads: the one that was registered.
struct AbsenceListener {
  virtual void Left() = 0;
  virtual void Returned() = 0;

 protected:
  ~AbsenceListener() = default;
};

/// Who is told of the calling thread's absences from now on. Null: nobody. \param listener  outlives that.
void SetAbsenceListener(AbsenceListener* listener);

/// Around whatever may wait for longer than a fraction of a millisecond. Within another one it does nothing.
class Absence {
 public:
  Absence();
  ~Absence();
  Absence(const Absence&) = delete;
  Absence& operator=(const Absence&) = delete;
};

}  // namespace sluice::net
