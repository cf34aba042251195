// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RunningCall: which call into a plugin a thread is in; and thread tags (sluice/sdk/threading.md) as assertions, in
/// builds without NDEBUG.

#include <sluice/abi/base.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sluice::sdk::detail {

#ifdef NDEBUG
inline constexpr bool kAssertsTags = false;
#else
inline constexpr bool kAssertsTags = true;
#endif

enum class ThreadTag { kControl, kWorker, kStream };

constexpr std::string_view NameOf(ThreadTag tag) {
  return tag == ThreadTag::kControl ? "[control]" : tag == ThreadTag::kWorker ? "[worker]" : "[stream]";
}

/// A function of a C table: its name there, and its tag.
struct Function {
  // Most are [worker], and then the name says it all. NOLINTNEXTLINE(google-explicit-constructor)
  constexpr Function(const char* table_name, ThreadTag thread_tag = ThreadTag::kWorker)
      : name(table_name), tag(thread_tag) {}
  std::string_view name;  ///< A literal: may be kept.
  ThreadTag tag;
};

/// Ends the process, and says on standard error which promise about threads was broken.
/// \param whose  what the function belongs to: "filter", "sluice.metrics/1".
[[noreturn]] inline void TagBroken(std::string_view whose, const Function& function, std::string_view fault) noexcept {
  std::string line = "sluice: a thread tag was broken: ";
  line.append(whose).append(".").append(function.name).append(" ").append(NameOf(function.tag));
  line.append(": ").append(fault).append("\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::abort();
}

/// A call into a plugin, from before it to after it. Calls nest: the sink of one may lead into another plugin.
class RunningCall {
 public:
  /// \param call  what the plugin is given; null: nothing, the function takes no call.
  RunningCall(ThreadTag tag, const sluice_call* call) noexcept : tag_(tag), call_(call), outer_(innermost_) {
    innermost_ = this;
  }
  ~RunningCall() { innermost_ = outer_; }
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;

  /// Of this thread. Null: it runs no plugin's code.
  static const RunningCall* Innermost() noexcept { return innermost_; }

  ThreadTag tag() const noexcept { return tag_; }
  /// Empty: the call is made for no request.
  std::string_view request_id() const noexcept {
    if (call_ == nullptr || call_->request_id.size == 0) return {};
    return {call_->request_id.data, call_->request_id.size};
  }

 private:
  static constinit inline thread_local const RunningCall* innermost_ = nullptr;

  const ThreadTag tag_;
  const sluice_call* const call_;
  const RunningCall* const outer_;
};

/// How many calls and open streams use one object of a plugin. Counts only where tags are asserted.
class UseCount {
 public:
  class Use {
   public:
    explicit Use(UseCount& count) : count_(count) {
      if constexpr (kAssertsTags) before_ = count_.uses_.fetch_add(1);
    }
    ~Use() {
      if constexpr (kAssertsTags) count_.uses_.fetch_sub(1);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    /// Nothing else used the object when this began.
    bool alone() const noexcept { return before_ == 0; }

   private:
    UseCount& count_;
    int before_ = 0;
  };

 private:
  std::atomic<int> uses_{0};
};

}  // namespace sluice::sdk::detail
