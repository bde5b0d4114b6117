using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices.Facts;

namespace SurveillanceRegistry.Web.Devices.Imports;

/// <summary>The acts on lists of cities, for the API and the staff pages.</summary>
public sealed class ListImports(
    IListImportRegister register,
    ListReading reading,
    RegistrationChecks checks,
    IGrainFactory grains,
    TimeProvider time
)
{
    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz234567";

    private const int MaxFileName = 120;

    /// <summary>Keeps a file as a draft.</summary>
    public async Task<Outcome<ListImport>> SendAsync(
        string? fileName,
        ReadOnlyMemory<byte> file,
        ListMapping mapping,
        ImportDecisions decisions,
        ClaimsPrincipal clerk,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(mapping);
        if (DraftChecks.Check(mapping, decisions) is { IsEmpty: false } refusals)
            return refusals;
        if (file.IsEmpty || file.Length > CityList.MaxBytes)
            return new Refusal(
                RefusalCodes.Invalid,
                $"The file has {file.Length} bytes: expected 1 to {CityList.MaxBytes}. Split a larger list into several files.",
                "content"
            );
        var name = Path.GetFileName(fileName ?? "") is { Length: > 0 } given ? given : "list";
        if (FreeText.CheckLine(name, MaxFileName, "name") is { } refusal)
            return refusal;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Span));
        var draft = new ListImport(
            "im-" + RandomNumberGenerator.GetString(IdLetters, 12),
            name,
            sha256,
            (await reading.ReadAsync(clerk.StaffId(), sha256, file, mapping.Options, cancellationToken)).Format,
            mapping,
            decisions,
            ListImportState.Draft,
            time.GetUtcNow()
        )
        {
            Version = 1,
        };
        return await register.SaveDraftAsync(draft, clerk.StaffId(), file, time.GetUtcNow(), cancellationToken) is { } full ? full : draft;
    }

    /// <summary>A list as it would be recorded now.</summary>
    public Task<ListPreview> PreviewAsync(ListImport import, ClaimsPrincipal clerk, CancellationToken cancellationToken) =>
        reading.PreviewAsync(clerk.StaffId(), import, cancellationToken);

    /// <summary>Changes the mapping or the decisions of a draft as it was seen; null leaves them.</summary>
    public async Task<Outcome<ListImport>> DecideAsync(
        ListImport import,
        ListMapping? mapping,
        ImportDecisions? decisions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(import);
        if (import.State != ListImportState.Draft)
            return new Refusal(RefusalCodes.WrongState, "The list is no draft any more: send it again.");
        var after = import with { Mapping = mapping ?? import.Mapping, Decisions = decisions ?? import.Decisions };
        if (DraftChecks.Check(after.Mapping, after.Decisions) is { IsEmpty: false } refusals)
            return refusals;
        return await register.DecideAsync(import, after.Mapping, after.Decisions, cancellationToken) is { } decided
            ? decided
            : new Refusal(RefusalCodes.Stale, "Another person decided about the list since you looked: look at it again.");
    }

    /// <summary>Records a draft as it was seen.</summary>
    /// <param name="fingerprint">Of the preview that the person has seen.</param>
    public async Task<Outcome<ListImport>> RecordAsync(
        ListImport import,
        string fingerprint,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(import);
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        if (import.State != ListImportState.Draft)
            return new Refusal(RefusalCodes.WrongState, "The list was recorded already.");
        var preview = await PreviewAsync(import, clerk, cancellationToken);
        if (!preview.MappingRefusals.IsEmpty)
            return preview.MappingRefusals;
        if (!preview.Problems.IsEmpty)
            return Refusals(preview.Problems.Select(problem => problem.ToString()));
        if (preview.Compared.Undecided.Any())
            return Refusals(preview.Compared.Undecided);
        if (preview.Compared.IsEmpty)
            return new Refusal(RefusalCodes.NothingChanged, "The list says what is registered already: there is nothing to record.");
        if (preview.FingerprintOf(import) != fingerprint)
            return new Refusal(RefusalCodes.Stale, "The register or the decisions changed since you looked: look at the list again.");
        var outcome = await register.RecordAsync(
            import,
            preview.Compared,
            clerk.AttributionAs(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.IsDone)
            await NotifyAsync([
                .. preview.Compared.New.Select(row => row.Device),
                .. preview.Compared.Changed.SelectMany(one => new[] { one.Before, one.After }),
                .. preview.Compared.Gone.Select(one => one.Device),
            ]);
        return outcome;
    }

    /// <summary>Undoes a recorded list.</summary>
    public async Task<Outcome<ListImport>> UndoAsync(
        ListImport import,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(import);
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        var outcome = await register.UndoAsync(
            import.Id,
            await checks.FactsAsync(cancellationToken),
            clerk.AttributionAs(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.IsDone)
            await NotifyAsync([.. (await register.RegisteredAsync(import.Mapping.List, cancellationToken)).Select(one => one.Device)]);
        return outcome;
    }

    /// <summary>Notifies the places at once. Devices and partitions hear of each change from the register itself.</summary>
    private Task NotifyAsync(ImmutableArray<Device> devices) =>
        Task.WhenAll(
            devices.Select(device => device.Place).OfType<string>().Distinct().Select(place => grains.Place(place).MarkDevicesChanged())
        );

    private static ImmutableArray<Refusal> Refusals(IEnumerable<string> sentences) =>
        [.. sentences.Take(ListProblem.MaxListed).Select(sentence => new Refusal(RefusalCodes.Invalid, sentence))];
}
