using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Devices;

/// <summary>The lists of cities in memory; their devices are in the register in memory. Postgres.Tests tests both on PostgreSQL.</summary>
internal sealed class InMemoryListImports(IDeviceRegister devices) : IListImportRegister
{
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Dictionary<string, ListImport> _imports = [];
    private readonly Dictionary<string, ImmutableArray<Device>> _made = [];

    public Task<ImmutableArray<ListImport>> AllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<ListImport>>([.. _imports.Values.OrderByDescending(import => import.MadeAt)]);

    public Task<ListImport?> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult(_imports.GetValueOrDefault(id));

    public Task<byte[]> FileAsync(string sha256, CancellationToken cancellationToken) => Task.FromResult(_files[sha256]);

    public Task<Refusal?> SaveDraftAsync(
        ListImport draft,
        string sender,
        ReadOnlyMemory<byte> file,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        _files[draft.Sha256] = file.ToArray();
        _imports[draft.Id] = draft;
        return Task.FromResult<Refusal?>(null);
    }

    public Task ForgetDraftsAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ListImport?> DecideAsync(
        ListImport draft,
        ListMapping mapping,
        ImportDecisions decisions,
        CancellationToken cancellationToken
    )
    {
        if (_imports.GetValueOrDefault(draft.Id) is not { State: ListImportState.Draft } now || now.Version != draft.Version)
            return Task.FromResult<ListImport?>(null);
        _imports[draft.Id] = now with { Mapping = mapping, Decisions = decisions, Version = now.Version + 1 };
        return Task.FromResult<ListImport?>(_imports[draft.Id]);
    }

    public async Task<ImmutableArray<RegisteredFixedDevice>> RegisteredAsync(string list, CancellationToken cancellationToken)
    {
        var made = _imports
            .Values.Where(import => import.State == ListImportState.Recorded && import.Mapping.List == list)
            .SelectMany(import => _made[import.Id])
            .Select(device => device.Id)
            .ToHashSet();
        var registered = ImmutableArray.CreateBuilder<RegisteredFixedDevice>();
        foreach (var device in (await devices.AllAsync(cancellationToken)).Where(device => device.Fleet is null))
            registered.Add(
                new RegisteredFixedDevice(
                    device as FixedDevice ?? new FixedDevice(device),
                    await devices.VersionAsync(device.Id, cancellationToken) ?? 0,
                    made.Contains(device.Id)
                )
            );
        return registered.ToImmutable();
    }

    public async Task<Outcome<ListImport>> RecordAsync(
        ListImport draft,
        ListComparison compared,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        _made[draft.Id] = [.. compared.New.Select(row => row.Device)];
        foreach (var device in _made[draft.Id])
            await devices.RegisterAsync(device, by, reason, at, cancellationToken);
        foreach (var change in compared.Changed)
            await devices.ChangeAsync(change.After, change.Version, by, reason, at, cancellationToken);
        return _imports[draft.Id] = draft with
        {
            State = ListImportState.Recorded,
            Added = compared.New.Length,
            Changed = compared.Changed.Length,
        };
    }

    public async Task<Outcome<ListImport>> UndoAsync(
        string id,
        FactChecks checks,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        foreach (var device in _made[id])
            await devices.ChangeAsync(device with { Lifecycle = Lifecycle.Removed }, 1, by, reason, at, cancellationToken);
        return _imports[id] = _imports[id] with { State = ListImportState.Undone };
    }
}
