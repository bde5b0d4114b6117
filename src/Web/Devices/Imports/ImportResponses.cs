using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;

namespace SurveillanceRegistry.Web.Devices.Imports;

/// <summary>A list that was sent.</summary>
/// <param name="Name">The name of the file.</param>
/// <param name="Sha256">The hash of its bytes; the file is kept.</param>
/// <param name="Format">csv, geojson or xlsx; null when it could not be read.</param>
/// <param name="Added">How many devices it registered, when it is recorded; of a draft 0.</param>
internal sealed record ImportResponse(
    string Id,
    string Name,
    string List,
    string Sha256,
    string? Format,
    ListImportState State,
    [property: Instant] string MadeAt,
    int Added,
    int Changed,
    int Removed
)
{
    public static ImportResponse From(ListImport import) =>
        new(
            import.Id,
            import.FileName,
            import.Mapping.List,
            import.Sha256,
            import.Format,
            import.State,
            LedgerEntry.FormatTime(import.MadeAt),
            import.Added,
            import.Changed,
            import.Removed
        );
}

/// <summary>A draft of a list as it would be recorded now.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="First">The first rows, as they are read.</param>
/// <param name="Notes">What was left out or not done, such as formulas.</param>
/// <param name="Problems">The first problems; while there is one nothing can be recorded.</param>
/// <param name="ProblemCount">How many there are.</param>
/// <param name="New">How many devices it would register.</param>
/// <param name="Duplicates">Rows that may be the same device as another row, or as a registered device.</param>
/// <param name="Gone">Devices that an earlier list of this name had and this one does not.</param>
/// <param name="Undecided">How many questions are not decided yet.</param>
/// <param name="IsReady">Whether it can be recorded.</param>
internal sealed record ImportPreviewResponse(
    string Id,
    string Name,
    string Sha256,
    string? Format,
    ListMapping Mapping,
    ImportDecisions Decisions,
    ImmutableArray<string> Columns,
    int Rows,
    ImmutableArray<ImportRowResponse> First,
    ImmutableArray<string> Notes,
    ImmutableArray<ListProblem> Problems,
    int ProblemCount,
    ImmutableArray<Refusal> MappingProblems,
    int New,
    int Unchanged,
    ImmutableArray<ImportChangeResponse> Changed,
    ImmutableArray<PossibleDuplicate> Duplicates,
    ImmutableArray<ImportGoneResponse> Gone,
    int Undecided,
    bool IsReady
)
{
    private const int MaxFirst = 20;

    public static ImportPreviewResponse From(ListImport import, ListPreview preview) =>
        new(
            import.Id,
            import.FileName,
            import.Sha256,
            preview.List.Format,
            import.Mapping,
            import.Decisions,
            preview.List.Columns,
            preview.List.Rows.Length,
            [
                .. preview
                    .Devices.Take(MaxFirst)
                    .Select(row => new ImportRowResponse(row.Row, row.Name, ImportedDeviceResponse.From(row.Device))),
            ],
            preview.List.Notes,
            [.. preview.Problems.Take(ListProblem.MaxListed)],
            preview.Problems.Length,
            preview.MappingRefusals,
            preview.Compared.New.Length,
            preview.Compared.Unchanged,
            [.. preview.Compared.Changed.Select(ImportChangeResponse.From)],
            preview.Compared.Duplicates,
            [.. preview.Compared.Gone.Select(gone => new ImportGoneResponse(gone.Device.Id, gone.Decision))],
            preview.Compared.Undecided.Count(),
            preview.IsReady
        );
}

/// <summary>A row as it is read.</summary>
internal sealed record ImportRowResponse(int Row, string Name, ImportedDeviceResponse Device);

/// <summary>A device as a row would register it.</summary>
internal sealed record ImportedDeviceResponse(
    string Id,
    string Kind,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string Department,
    Lifecycle Lifecycle,
    Position? Position,
    ImmutableArray<double>? Directions,
    Area? Coverage,
    double? MountingHeight
) : FactsResponse
{
    public static ImportedDeviceResponse From(FixedDevice device) =>
        new(
            device.Id,
            device.Kind,
            device.Sensors,
            device.Place,
            device.Department,
            device.Lifecycle,
            device.Position,
            device.Directions,
            device.Coverage,
            device.MountingHeight
        )
        {
            FactsOf = device,
        };
}

/// <summary>A registered device that the list changes.</summary>
/// <param name="Facts">The members of facts that differ.</param>
internal sealed record ImportChangeResponse(int Row, string Device, ImmutableArray<string> Facts)
{
    public static ImportChangeResponse From(ChangedDevice changed) =>
        new(changed.Row, changed.Before.Id, [.. DeviceFact.Differing(changed.Before, changed.After).Select(fact => fact.Member)]);
}

/// <summary>A device that is not in the list any more.</summary>
internal sealed record ImportGoneResponse(string Device, GoneDecision? Decision);
