// SPDX-License-Identifier: MIT
#include "core/relay/copy.hpp"

#include <array>
#include <cstddef>
#include <span>

#include "core/http/server.hpp"
#include "core/upstream/client.hpp"

namespace sluice::relay {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

/// The viewer as the end of a chain of transforms.
struct ViewerSink final : sdk::ByteSink {
  explicit ViewerSink(http::ServerExchange& to) : viewer(to) {}
  sdk::Status Write(std::span<const std::byte> chunk) override { return viewer.Write(chunk); }
  http::ServerExchange& viewer;
};

/// One transform and what comes after it.
struct StageSink final : sdk::ByteSink {
  StageSink(sdk::BodyTransform& stage, sdk::ByteSink& after) : transform(stage), next(after) {}
  sdk::Status Write(std::span<const std::byte> chunk) override { return transform.Write(chunk, next); }
  sdk::BodyTransform& transform;
  sdk::ByteSink& next;
};

sdk::Status Finish(const std::vector<std::unique_ptr<StageSink>>& stages) {
  for (const auto& stage : stages) {
    if (auto finished = stage->transform.Finish(stage->next); !finished) return finished;
  }
  return sdk::Ok();
}

}  // namespace

sdk::Status Copy(upstream::Body& body, const Transforms& transforms, http::ServerExchange& viewer) {
  ViewerSink end(viewer);
  sdk::ByteSink* first = &end;
  std::vector<std::unique_ptr<StageSink>> stages(transforms.size());  // in the order in which the body meets them
  for (std::size_t i = transforms.size(); i-- > 0;) {
    stages[i] = std::make_unique<StageSink>(*transforms[i], *first);
    first = stages[i].get();
  }
  thread_local std::array<std::byte, kBufferBytes> buffer;
  for (;;) {
    const auto size = body.Read(buffer);
    if (!size) return size.error();
    if (*size == 0) return Finish(stages);
    if (auto written = first->Write(std::span(buffer).first(*size)); !written) return written;
  }
}

}  // namespace sluice::relay
