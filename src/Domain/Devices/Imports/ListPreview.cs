using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports.Rows;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>A list as it would be recorded now: what was read, what is wrong with it, and what it would change.</summary>
/// <param name="Devices">The rows that could be read.</param>
/// <param name="Problems">Every problem of the file and of its cells.</param>
/// <param name="MappingRefusals">Every reason why the mapping does not fit the list.</param>
public sealed record ListPreview(
    CityList List,
    ImmutableArray<ListedDevice> Devices,
    ImmutableArray<ListProblem> Problems,
    ImmutableArray<Refusal> MappingRefusals,
    ListComparison Compared
)
{
    /// <summary>Whether the list can be recorded: all of it can be read, and every question is decided.</summary>
    public bool IsReady => Problems.IsEmpty && MappingRefusals.IsEmpty && !Compared.Undecided.Any() && !Compared.IsEmpty;

    /// <summary>
    /// A hash of what would be recorded, with the version of the draft and those of the devices that it would change. A person records what
    /// they have seen, and nothing else.
    /// </summary>
    public string FingerprintOf(ListImport draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        draft.Version,
                        draft.Mapping.List,
                        draft.Mapping.Source,
                        draft.Mapping.Confidence,
                        draft.Mapping.InspectedOn,
                        added = Compared.New.Select(row => (Device)row.Device),
                        changed = Compared.Changed.Select(one => new { one.Version, one.After }),
                        gone = Compared.Gone.Select(one => new
                        {
                            one.Device.Id,
                            one.Version,
                            one.Decision,
                        }),
                    },
                    Json.Options
                )
            )
        )[..32];
    }

    /// <summary>Reads a list by its mapping and compares it with the register.</summary>
    public static ListPreview Create(
        CityList list,
        ListMapping mapping,
        ImportDecisions decisions,
        FactChecks checks,
        ImmutableArray<Place> places,
        ImmutableArray<RegisteredFixedDevice> registered,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(mapping);
        var refusals = mapping.Check(list);
        var (devices, problems) =
            list.Format is null || refusals.Any(refusal => refusal.Where != "list")
                ? ([], [])
                : ListRowReader.Read(list, mapping, checks, places, cancellationToken);
        // Without every row, a device of a row that could not be read would seem to be gone.
        ImmutableArray<ListProblem> all = [.. list.Problems, .. problems];
        var compared = ListComparer.Compare(devices, all.IsEmpty && refusals.IsEmpty ? registered : [], decisions, cancellationToken);
        return new ListPreview(list, devices, all, refusals, compared);
    }
}
