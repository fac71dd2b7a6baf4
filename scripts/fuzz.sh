#!/usr/bin/env bash
# Fuzzes the condition language with libFuzzer and the address sanitizer: scripts/fuzz.sh [seconds]
#
# All that is found lies in .build/fuzz. What ended the run goes into Tests/AnalysisTests/Vectors/found, where a test
# asks it again ever after; then mend what it showed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
place=.build/fuzz
corpus=$place/corpus
mkdir -p "$corpus"

say() { printf 'fuzz: %s\n' "$*"; }

if [[ ! -x $place/fuzz-expressions || -n $(find Sources/Analysis Tests/Fuzz -newer "$place/fuzz-expressions" -name '*.swift') ]]; then
    say "building"
    find Sources/Analysis Tests/Fuzz -name '*.swift' -print0 \
        | xargs -0 "${SWIFTC:-swiftc}" -O -enforce-exclusivity=checked -sanitize=fuzzer,address -parse-as-library \
            -swift-version 6 -package-name headgate -module-name FuzzedAnalysis \
            -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
            -enable-upcoming-feature InternalImportsByDefault -o "$place/fuzz-expressions"
fi

# The rows that expr answered are where it starts from; each with the first kind of result.
row=0
while IFS=$'\t' read -r kind _ expression _; do
    [[ $kind == \#* || -z ${expression:-} ]] && continue
    row=$((row + 1))
    printf "\\x$(printf %02x $((row % 12)))%s" "$expression" > "$corpus/row-$row"
done < Tests/AnalysisTests/Vectors/expr_vectors.tsv

say "$seconds s from $(find "$corpus" -type f | wc -l) inputs"
exec nice -n 19 "$place/fuzz-expressions" "$corpus" Tests/AnalysisTests/Vectors/found \
    -dict=Tests/Fuzz/expressions.dict -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$place/" -print_final_stats=1 -verbosity=1
