// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DirectStreamTest: the direct stream as the configuration makes it, with the real resolver, over fake connections.

#include <memory>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>

#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::sdk::testing {
class FakeHost;
}  // namespace sluice::sdk::testing

namespace sluice::pipeline::testing {

class DirectStreamTest : public PipelineTest {
 protected:
  DirectStreamTest();
  ~DirectStreamTest() override;

  /// Adds the pipeline that `direct_stream` makes of `block`, a flow map in YAML.
  void Configure(const std::string& block);
  /// The same, with 127.0.0.1 allowed by http.
  void AllowLoopback(const std::string& more = {}) {
    Configure("{allowlist: [{domain: 127.0.0.1, schemes: [http]}]" + more + "}");
  }

  static std::string To(std::string_view url, std::string_view more = {}) {
    return "/proxy/stream?d=" + sdk::PercentEncode(url) + std::string(more);
  }

  std::unique_ptr<sdk::testing::FakeHost> host_;
  std::shared_ptr<Slots> slots_;
};

}  // namespace sluice::pipeline::testing
