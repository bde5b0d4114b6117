using CsCheck;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Files.Tests.Fixtures.Choices;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Generates governance that the registry accepts, with ids and texts that look like other YAML or CSV values.</summary>
internal static class GovernanceGenerator
{
    private static readonly GovernanceSnapshot Sample = SampleCity.Opening.Governance;

    private static readonly string[] Technologies = ["true", "2019", "null", "alpr"];

    /// <summary>Any instruments, technologies and wordings in the sample city.</summary>
    public static readonly Gen<GovernanceSnapshot> Governance =
        from first in InstrumentGenerator.Instrument("null", Technologies)
        from second in InstrumentGenerator.Instrument("1e3", Technologies)
        from third in InstrumentGenerator.Instrument("any-2.0", Technologies)
        from names in TextGenerator.Text.Array[Technologies.Length]
        from purposes in Maybe(TextGenerator.Text).Array[Technologies.Length]
        from source in InstrumentGenerator.Source
        from subject in TextGenerator.Text.Array[3]
        from sentences in TextGenerator.TextWithoutBraces.Array[3]
        let city = Sample.City with
        {
            Name = subject[0],
            OutOfScope = [new OutOfScope(subject[1], subject[2], source)],
            Records = Sample.City.Records with { Law = subject[1], Phone = subject[2] },
        }
        select new GovernanceSnapshot(
            city,
            new GovernanceTable(
                [
                    .. Technologies.Select(
                        (id, index) =>
                            new Technology(id, names[index], purposes[index], purposes[index] is null ? null : source, null)
                            {
                                IsRetired = purposes[index] is null,
                            }
                    ),
                ],
                [
                    .. new[] { first, second, third }
                        .OrderBy(instrument => instrument.Id, StringComparer.Ordinal)
                        .Select(instrument => VersionIdentity.Complete(instrument, [])),
                ]
            ),
            [
                .. Sample.Wordings.Select(wording =>
                    wording with
                    {
                        Texts = wording
                            .Texts.RemoveRange(
                                wording.Texts.Keys.Where(key =>
                                    key.StartsWith("technology.", StringComparison.Ordinal)
                                    || key.StartsWith("purpose.", StringComparison.Ordinal)
                                    || key.StartsWith("why.", StringComparison.Ordinal)
                                    // Without a vocabulary every class of data is accepted, as of cities that have none.
                                    || key.StartsWith("class.", StringComparison.Ordinal)
                                )
                            )
                            .SetItem("not-stated", sentences[0])
                            .SetItem("list.separator", " ")
                            .SetItem("list.last", "")
                            .SetItem("note." + sentences[1], sentences[2])
                            .SetItem("technology.null", sentences[1]),
                    }
                ),
            ],
            Sample.Chapters
        );
}
