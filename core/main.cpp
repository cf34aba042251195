// SPDX-License-Identifier: MIT
#include "core/cli/commands.hpp"

int main(int argc, char** argv) { return sluice::cli::Main(argc, argv); }
