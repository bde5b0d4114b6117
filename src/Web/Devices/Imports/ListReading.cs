using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Devices.Facts;

namespace SurveillanceRegistry.Web.Devices.Imports;

/// <summary>Reads and compares lists, two at a time and one for each person: a list may have 50,000 rows of anything.</summary>
public sealed class ListReading(
    IListImportRegister register,
    ICityListReader reader,
    RegistrationChecks checks,
    IPlaceRegister places,
    TimeProvider time
) : IDisposable
{
    private const int InAll = 2,
        OfOne = 1,
        Waiting = 8;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly WorkQueue _queue = new(InAll, OfOne, Waiting, Longest, time);

    /// <summary>The list that was read last: a person reads one again and again. It is kept as long as there is memory.</summary>
    private volatile LastRead? _last;

    /// <summary>What a file is.</summary>
    public Task<CityList> ReadAsync(
        string person,
        string sha256,
        ReadOnlyMemory<byte> file,
        ListOptions options,
        CancellationToken cancellationToken
    ) => _queue.RunAsync(person, wanted => Task.FromResult(Read(sha256, file, options, wanted)), cancellationToken);

    /// <summary>A list as it would be recorded now.</summary>
    public Task<ListPreview> PreviewAsync(string person, ListImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        return _queue.RunAsync(person, wanted => PreviewAsync(import, wanted), cancellationToken);
    }

    public void Dispose() => _queue.Dispose();

    private async Task<ListPreview> PreviewAsync(ListImport import, CancellationToken cancellationToken)
    {
        var options = import.Mapping.Options;
        var list =
            Last(import.Sha256, options)
            ?? Read(import.Sha256, await register.FileAsync(import.Sha256, cancellationToken), options, cancellationToken);
        return ListPreview.Create(
            list,
            import.Mapping,
            import.Decisions,
            await checks.FactsAsync(cancellationToken),
            await places.PlacesAsync(cancellationToken),
            await register.RegisteredAsync(import.Mapping.List, cancellationToken),
            cancellationToken
        );
    }

    private CityList Read(string sha256, ReadOnlyMemory<byte> file, ListOptions options, CancellationToken cancellationToken)
    {
        var list = reader.Read(file, options, cancellationToken);
        _last = new LastRead(sha256, options, new WeakReference<CityList>(list));
        return list;
    }

    private CityList? Last(string sha256, ListOptions options) =>
        _last is { } last && last.Sha256 == sha256 && last.Options == options && last.List.TryGetTarget(out var list) ? list : null;

    private sealed record LastRead(string Sha256, ListOptions Options, WeakReference<CityList> List);
}
