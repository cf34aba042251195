// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the adapters from C tables to the SDK's interfaces share: the frame of a call, its observer, and the judgement
/// of what the plugin answered. Adapters live in the host and in the SDK's test fixture.

#include <sluice/abi/plugin.h>
#include <sluice/sdk/detail/call_observer.hpp>
#include <sluice/sdk/detail/read.hpp>
#include <sluice/sdk/detail/slots.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::sdk::detail {

/// One running call: what its sinks found. Sinks reach it through a SinkSlot only.
struct Frame {
  using Clock = CallOutcome::Clock;

  std::string fault;         ///< First rule that the plugin broke; empty: none.
  std::string host_failure;  ///< What the host's own end of a sink threw.
  Clock::duration in_host{};
  std::optional<Clock::time_point> latest;  ///< After it, but for `in_host`, sinks take nothing; nothing: no deadline.

  virtual ~Frame() = default;
  bool Late() const noexcept { return latest && Clock::now() - in_host > *latest; }
  /// The call needs a result, and none was put.
  virtual bool Lacks() const noexcept { return false; }
};

/// A call that answers at most one T.
template <typename T>
struct OneFrame : Frame {
  explicit OneFrame(bool is_required) : required(is_required) {}
  bool Lacks() const noexcept override { return required && !value; }
  const bool required;
  std::optional<T> value;
};

/// A call that puts any number of values into the host's sink.
template <typename Sink>
struct ManyFrame : Frame {
  explicit ManyFrame(Sink& host_sink) : sink(host_sink) {}
  Sink& sink;
  bool stopped = false;
};

/// Measures the host's own end of a sink.
class HostTime {
 public:
  explicit HostTime(Frame& frame) : frame_(frame) {}
  ~HostTime() { frame_.in_host += Frame::Clock::now() - start_; }
  HostTime(const HostTime&) = delete;
  HostTime& operator=(const HostTime&) = delete;

 private:
  Frame& frame_;
  const Frame::Clock::time_point start_ = Frame::Clock::now();
};

/// Runs one sink function on the frame of its call. Answers false when that call is over or late, or `function` threw.
template <typename FrameType, typename F>
bool InFrame(void* ctx, F&& function) noexcept {
  const EnteredSlot entered(ctx);
  if (entered.frame() == nullptr) return false;
  auto& frame = static_cast<FrameType&>(*entered.frame());
  if (frame.Late()) return false;
  sluice_error thrown{};
  const auto status = Barrier(&thrown, [&] {
    function(frame);
    return Ok();
  });
  if (status == SLUICE_OK) return true;
  return BarrierOr(false, [&] {
    if (frame.host_failure.empty()) frame.host_failure = thrown.message;
    return false;
  });
}

/// Reads a plugin's value; on garbage the frame keeps the fault and nothing is answered.
template <typename T, typename View>
std::optional<T> TakeValue(Frame& frame, const View* view) {
  Reader reader;
  std::optional<T> value(std::in_place);
  if (view == nullptr) {
    reader.Fault("result", "a null pointer");
  } else {
    Read(reader, *view, *value);
  }
  if (reader.ok()) return value;
  if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
  return std::nullopt;
}

/// `put` of a sink that takes one value.
template <typename T, typename View>
void PutOne(void* ctx, const View* view) noexcept {
  InFrame<OneFrame<T>>(ctx, [&](OneFrame<T>& frame) {
    if (frame.value) {
      if (frame.fault.empty()) frame.fault = "put a second result";
      return;
    }
    frame.value = TakeValue<T>(frame, view);
  });
}
/// The same, for a sink type that is also used for many.
template <typename T, typename View>
std::uint32_t PutOneOfMany(void* ctx, const View* view) noexcept {
  PutOne<T, View>(ctx, view);
  return 0;
}

/// `put` of a sink that takes many values, until the host's sink wants no more.
template <typename Sink, typename T, typename View>
std::uint32_t PutMany(void* ctx, const View* view) noexcept {
  bool more = false;
  InFrame<ManyFrame<Sink>>(ctx, [&](ManyFrame<Sink>& frame) {
    if (frame.stopped) return;
    frame.stopped = true;  // unless the sink says otherwise, by coming back from Put
    const auto value = TakeValue<T>(frame, view);
    if (!value) return;
    const HostTime time(frame);
    more = frame.sink.Put(*value);
    frame.stopped = !more;
  });
  return more ? 0 : 1;
}

/// `put` of a byte sink over a frame with a member `ByteSink& sink`.
template <typename FrameType>
std::uint32_t PutBytes(void* ctx, sluice_bytes chunk) noexcept {
  bool more = false;
  InFrame<FrameType>(ctx, [&](FrameType& frame) {
    Reader reader;
    const auto octets = reader.Octets(chunk, "chunk");
    if (!reader.ok()) {
      if (frame.fault.empty()) frame.fault = "put garbage: " + reader.fault();
      return;
    }
    const HostTime time(frame);
    more = static_cast<bool>(frame.sink.Write(octets));
  });
  return more ? 0 : 1;
}

/// The plugin's object behind an adapter: owns `self`, makes every call into it.
class Target {
 public:
  /// \param kind  name in messages: "store".
  Target(const sluice_component& component, void* self, CallObserver& observer, std::string_view kind)
      : component_(component), self_(self), observer_(observer), kind_(kind) {}
  ~Target() {
    Observed({"destroy", ThreadTag::kControl}, nullptr, [this] { component_.destroy(self_); });
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  void* self() const noexcept { return self_; }
  std::string_view kind() const noexcept { return kind_; }
  UseCount& uses() const noexcept { return uses_; }
  template <typename Table>
  const Table& table() const noexcept {
    return *static_cast<const Table*>(component_.table);
  }

  /// Asks the observer, then calls `function(ctx of the sinks, error)`, which answers a sluice_status.
  /// \param call  null: no deadline.
  template <typename F>
  Status Invoke(const Function& method, const sluice_call* call, Frame& frame, F&& function) const {
    if (Status admitted = observer_.Before(method.name); !admitted) return admitted;
    return Run(method, call, frame, std::forward<F>(function));
  }

  /// Without asking the observer: for `routes`, on the control thread.
  /// \returns  kDeadlineExceeded when the call came back too late, whatever it answered.
  template <typename F>
  Status Run(const Function& method, const sluice_call* call, Frame& frame, F&& function) const {
    const UseCount::Use use(uses_);
    AssertTag(method, use);
    const RunningCall running(method.tag, call);
    const auto start = Frame::Clock::now();
    CallOutcome outcome{.method = method.name, .budget = Budget(call, start)};
    const auto tolerance = observer_.Tolerance();
    if (outcome.budget < Frame::Clock::duration::max() - start.time_since_epoch() - tolerance)  // else: never
      frame.latest = start + std::max(outcome.budget, Frame::Clock::duration::zero()) + tolerance;
    sluice_error error{};
    sluice_status status = SLUICE_INTERNAL;
    try {
      const SinkSlot slot(frame);
      status = function(slot.ctx(), &error);
    } catch (const std::exception& exception) {
      frame.fault = std::string("threw across the boundary: ") + exception.what();
    } catch (...) {
      frame.fault = "threw across the boundary";
    }
    outcome.elapsed = Frame::Clock::now() - start;
    outcome.in_host = frame.in_host;
    Status result = Judge(method.name, status, error, frame, outcome.violation);
    if (!outcome.violation && outcome.overrun(tolerance)) result = TooLate(method.name);
    outcome.status = result ? static_cast<sluice_status>(SLUICE_OK) : static_cast<sluice_status>(result.error().code);
    observer_.After(outcome);
    return result;
  }

  /// A function that can answer no error. \returns  false when it threw.
  template <typename F>
  bool Observed(const Function& method, const sluice_call* call, F&& function) const noexcept {
    const UseCount::Use use(uses_);
    AssertTag(method, use);
    const RunningCall running(method.tag, call);
    const auto start = Frame::Clock::now();
    const bool done = BarrierOr(false, [&] {
      function();
      return true;
    });
    observer_.After(
        {.method = method.name,
         .status = done ? static_cast<sluice_status>(SLUICE_OK) : static_cast<sluice_status>(SLUICE_INTERNAL),
         .violation = !done,
         .elapsed = Frame::Clock::now() - start});
    return done;
  }

 private:
  void AssertTag(const Function& method, const UseCount::Use& use) const noexcept {
    if constexpr (kAssertsTags) {
      if (method.name == "destroy" && !use.alone()) TagBroken(kind_, method, "calls or streams of the instance go on");
      observer_.AssertTag(method);
    }
  }

  static Frame::Clock::duration Budget(const sluice_call* call, Frame::Clock::time_point start) {
    if (call == nullptr || call->deadline_ns == std::numeric_limits<std::int64_t>::max())
      return Frame::Clock::duration::max();
    return std::chrono::nanoseconds(call->deadline_ns) - start.time_since_epoch();
  }

  std::string Message(std::string_view method, std::string_view what) const {
    std::string message = std::string(component_.type) + ": " + std::string(kind_) + "." + std::string(method);
    message.append(" ").append(what);
    return message;
  }
  Error Internal(std::string_view method, std::string_view what) const {
    return {.code = Errc::kInternal, .message = Message(method, what)};
  }
  Error TooLate(std::string_view method) const {
    return {.code = Errc::kDeadlineExceeded, .message = Message(method, "came back after its deadline")};
  }

  /// What the caller gets, from what the plugin answered and what its sinks saw.
  Status Judge(std::string_view method, sluice_status status, sluice_error& error, const Frame& frame,
               bool& violation) const {
    violation = true;
    if (!frame.fault.empty()) return Internal(method, frame.fault);
    if (status > SLUICE_INTERNAL)
      return Internal(method, "answered status " + std::to_string(status) + " (want 0 to 10)");
    if (status == SLUICE_OK && frame.Lacks()) return Internal(method, "answered OK without a result");
    if (status != SLUICE_OK && error.status == SLUICE_OK && error.message[0] == '\0')
      return Internal(method, "answered status " + std::to_string(status) + " without filling in the error");
    if (status != SLUICE_OK && error.status != SLUICE_OK && error.status != status)
      return Internal(method, "answered status " + std::to_string(status) + " with an error of status " +
                                  std::to_string(error.status));
    violation = false;
    if (!frame.host_failure.empty()) return Internal(method, "was cut short: " + frame.host_failure);
    if (status == SLUICE_OK) return Ok();
    auto failure = ToError(status, error);
    MakeLegible(failure.message);
    return failure;
  }

  const sluice_component& component_;
  void* const self_;
  CallObserver& observer_;
  const std::string_view kind_;
  mutable UseCount uses_;
};

/// A call that must answer one T.
template <typename T, typename F>
Result<T> InvokeOne(const Target& target, const Function& method, const Call& call, OneFrame<T>& frame, F&& function) {
  Status status = target.Invoke(method, &call.abi(), frame, std::forward<F>(function));
  if (!status) return std::move(status).error();
  return std::move(*frame.value);
}

}  // namespace sluice::sdk::detail
