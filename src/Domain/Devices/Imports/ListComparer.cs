using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports.Rows;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>Compares a list with the register: new, changed, gone, and what may be a duplicate.</summary>
internal sealed class ListComparer
{
    private readonly ImmutableArray<RegisteredFixedDevice> _registered;
    private readonly ImportDecisions _decisions;
    private readonly Dictionary<int, DecidedRow> _decided;
    private readonly Dictionary<string, RegisteredFixedDevice> _byId;
    private readonly Dictionary<string, RegisteredFixedDevice> _byNumber;
    private readonly HashSet<string> _matched = new(StringComparer.Ordinal);
    private readonly List<PossibleDuplicate> _duplicates = [];
    private readonly List<int> _skipped = [];

    private ListComparer(ImmutableArray<RegisteredFixedDevice> registered, ImportDecisions decisions)
    {
        (_registered, _decisions) = (registered, decisions);
        _decided = decisions.Rows.GroupBy(row => row.Row).ToDictionary(rows => rows.Key, rows => rows.Last());
        _byId = registered.ToDictionary(one => one.Device.Id, StringComparer.Ordinal);
        _byNumber = registered
            .Where(one => one.Device is { AssetNumber: not null, Lifecycle: not Lifecycle.Removed })
            .ToDictionary(one => one.Device.AssetNumber!, StringComparer.Ordinal);
    }

    /// <summary>Compares the rows of a list.</summary>
    public static ListComparison Compare(
        ImmutableArray<ListedDevice> rows,
        ImmutableArray<RegisteredFixedDevice> registered,
        ImportDecisions decisions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(decisions);
        return new ListComparer(registered, decisions).Compare(rows, cancellationToken);
    }

    private ListComparison Compare(ImmutableArray<ListedDevice> rows, CancellationToken cancellationToken)
    {
        var certain = rows.Select(row => (Row: row, Match: Match(row))).ToArray();
        var (added, changed) = (new List<ListedDevice>(), new List<ChangedDevice>());
        var unchanged = 0;
        var near = new NearIndex();
        foreach (var one in _registered.Where(one => one.Device.Lifecycle != Lifecycle.Removed && !_matched.Contains(one.Device.Id)))
            near.Add((one.Device as FixedDevice)?.Position, 0, one.Device.Id);
        var (numbers, names) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (row, match) in certain)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = match;
            if (Find(row, match, near, numbers, names) is { } duplicate)
            {
                _duplicates.Add(duplicate);
                if (duplicate.Decision == RowDecision.Same)
                    target = Same(row, duplicate);
                // A row that is the same as another row says nothing that the other does not.
                if (duplicate.Decision is RowDecision.Skip || duplicate.Decision is RowDecision.Same && target is null)
                    _skipped.Add(row.Row);
                if (duplicate.Decision is null or RowDecision.Skip || duplicate.Decision is RowDecision.Same && target is null)
                    continue;
            }

            if (target is null)
                added.Add(row);
            else if (Apply(row, target) is { } change)
                changed.Add(change);
            else
                unchanged++;
        }

        return new ListComparison([.. added], [.. changed], unchanged, [.. Gone()], [.. _duplicates], [.. _skipped]);
    }

    /// <summary>The registered device that a row surely is: by its id, or by its asset number.</summary>
    private RegisteredFixedDevice? Match(ListedDevice row)
    {
        var found =
            _byId.GetValueOrDefault(row.Device.Id) ?? (row.Device.AssetNumber is { } number ? _byNumber.GetValueOrDefault(number) : null);
        // Two rows cannot be one device: the second is a question.
        return found is not null && _matched.Add(found.Device.Id) ? found : null;
    }

    private PossibleDuplicate? Find(
        ListedDevice row,
        RegisteredFixedDevice? match,
        NearIndex near,
        Dictionary<string, int> numbers,
        Dictionary<string, int> names
    )
    {
        PossibleDuplicate? found = null;
        var position = row.Device.Position;
        if (row.Device.AssetNumber is { } number && !numbers.TryAdd(number, row.Row))
            found = Duplicate(row.Row, DuplicateReason.SameAssetNumber, numbers[number], null, null);
        var name = PlaceWords.Key(row.Name);
        if (name.Length > 0 && !names.TryAdd(name, row.Row) && match is null)
            found ??= Duplicate(row.Row, DuplicateReason.SameName, names[name], null, null);
        if (match is null && found is null && near.Find(position) is var (other, device, metres))
            found = Duplicate(row.Row, DuplicateReason.Near, device is null ? other : null, device, Math.Round(metres, 1));
        near.Add(position, row.Row, null);
        return found;
    }

    private PossibleDuplicate Duplicate(int row, DuplicateReason reason, int? other, string? device, double? metres) =>
        new(row, reason, other, device, metres, _decided.GetValueOrDefault(row)?.Take ?? _decisions.OtherDuplicates);

    /// <summary>The device that a person says a row is.</summary>
    private RegisteredFixedDevice? Same(ListedDevice row, PossibleDuplicate duplicate)
    {
        var id = _decided.GetValueOrDefault(row.Row)?.Device ?? duplicate.Device;
        var found = id is null ? null : _byId.GetValueOrDefault(id);
        if (found is not null)
            _matched.Add(found.Device.Id);
        return found;
    }

    private static ChangedDevice? Apply(ListedDevice row, RegisteredFixedDevice target)
    {
        var after = row.ApplyTo(target.Device);
        return Text(target.Device) == Text(after) ? null : new ChangedDevice(row.Row, target.Device, target.Version, after);
    }

    private static string Text(Device device) =>
        JsonSerializer.Serialize(device with { Sensors = [.. device.Sensors.Order()] }, Domain.Json.Options);

    private IEnumerable<GoneDevice> Gone()
    {
        var decided = _decisions.Gone.GroupBy(gone => gone.Device).ToDictionary(gone => gone.Key, gone => gone.Last().Take);
        return _registered
            .Where(one => one.IsOfList && one.Device.Lifecycle != Lifecycle.Removed && !_matched.Contains(one.Device.Id))
            .Select(one => new GoneDevice(
                one.Device,
                one.Version,
                decided.TryGetValue(one.Device.Id, out var take) ? take : _decisions.OtherGone
            ));
    }
}
