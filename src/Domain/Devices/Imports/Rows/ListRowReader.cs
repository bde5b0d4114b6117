using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>Reads the rows of a list as devices. Every cell that cannot be read becomes a problem with row and column.</summary>
internal sealed class ListRowReader
{
    private readonly CityList _list;
    private readonly ListMapping _mapping;
    private readonly FactChecks _checks;
    private readonly KnownPlaces _places;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _occurrences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly FoundProblems _problems = new();

    private ListRowReader(CityList list, ListMapping mapping, FactChecks checks, ImmutableArray<Place> places)
    {
        (_list, _mapping, _checks, _places) = (list, mapping, checks, new KnownPlaces(places));
        foreach (var field in ListFields.All)
        {
            var column = list.Columns.IndexOf(mapping.Columns.GetValueOrDefault(field, field));
            if (column >= 0)
                _columns[field] = column;
        }
    }

    /// <summary>Reads every row.</summary>
    public static (ImmutableArray<ListedDevice> Devices, ImmutableArray<ListProblem> Problems) Read(
        CityList list,
        ListMapping mapping,
        FactChecks checks,
        ImmutableArray<Place> places,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(checks);
        var reader = new ListRowReader(list, mapping, checks, places);
        var devices = ImmutableArray.CreateBuilder<ListedDevice>();
        int? next = null;
        foreach (var row in list.Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader._problems.IsFull)
            {
                next = row.Number;
                break;
            }

            if (reader.ReadRow(row) is { } device)
                devices.Add(device);
        }

        foreach (var (row, found, expected) in FarAway.Find(devices))
            reader._problems.Add(row, reader.ColumnOf(ListFields.Latitude), found, expected);
        return (devices.ToImmutable(), reader._problems.All(next));
    }

    private ListedDevice? ReadRow(ListRow row)
    {
        var before = _problems.Count;
        var fields = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        string? Text(string field)
        {
            var text = Cell(row, field);
            // An empty cell of a column says that nothing is known; a field without a column says nothing.
            if (_columns.ContainsKey(field) || text is not null)
                fields.Add(field);
            return text;
        }

        var (name, kind) = (Text(ListFields.Name) ?? "", Text(ListFields.Kind) ?? "");
        var number = Text(ListFields.AssetNumber);
        var device = new FixedDevice(
            Text(ListFields.Id) ?? MadeId(name, kind, number),
            kind,
            Sensors(row, Text(ListFields.Sensors)),
            PlaceOf(row, Text(ListFields.Place)),
            null,
            Text(ListFields.Department) ?? "",
            Word(row, ListFields.Lifecycle, Text(ListFields.Lifecycle), Lifecycle.Installed)
        )
        {
            Gateway = Text(ListFields.Gateway),
            OwnDeadlineSeconds = (int?)Number(row, ListFields.Deadline, Text(ListFields.Deadline)),
            AssetNumber = number,
            Vendor = Text(ListFields.Vendor),
            Model = Text(ListFields.Model),
            InstalledOn = Date(row, Text(ListFields.InstalledOn)),
            Operator = Text(ListFields.Operator),
            Owner = Text(ListFields.Owner),
            Position = PositionOf(row, Text(ListFields.Latitude), Text(ListFields.Longitude)),
            Directions = Directions(row, Text(ListFields.Directions)),
            MountingHeight = Number(row, ListFields.MountingHeight, Text(ListFields.MountingHeight)),
            Coverage = row.Coverage ?? Json<Area>(row, ListFields.Coverage, Text(ListFields.Coverage), "a GeoJSON polygon"),
        };
        Include(fields, row.Position is not null, ListFields.Latitude);
        Include(fields, row.Coverage is not null, ListFields.Coverage);
        device = WithSources(row, device, Text(ListFields.Sources));
        Check(row, device);
        return _problems.Count == before ? new ListedDevice(row.Number, name, device, fields.ToImmutable()) : null;
    }

    private static void Include(ImmutableHashSet<string>.Builder fields, bool isSaid, string field)
    {
        if (isSaid)
            fields.Add(field);
    }

    /// <summary>The text of a field: the cell by the words of the mapping, else the default; null when there is none.</summary>
    private string? Cell(ListRow row, string field)
    {
        var text =
            _columns.TryGetValue(field, out var column) && column < row.Cells.Length && row.Cells[column].Trim() is { Length: > 0 } cell
                ? row.Cells[column]
                : null;
        // The city's own number is kept as it is written.
        if (text is not null && field != ListFields.AssetNumber)
            text = text.Trim();
        if (text is not null && _mapping.Words.TryGetValue(field, out var words) && words.TryGetValue(text.Trim(), out var meaning))
            return meaning;
        return text ?? _mapping.Defaults.GetValueOrDefault(field);
    }

    private FixedDevice WithSources(ListRow row, FixedDevice device, string? text)
    {
        if (text is not null)
            return device with
            {
                Sources = Json<ImmutableSortedDictionary<string, FactSource>>(row, ListFields.Sources, text, "sources as JSON"),
            };
        var source = new FactSource(_mapping.Source, _mapping.InspectedOn, _mapping.Confidence);
        var known = DeviceFact.All.Where(fact => fact.Value(device) is not null).Select(fact => KeyValuePair.Create(fact.Member, source));
        var sources = known.ToImmutableSortedDictionary(StringComparer.Ordinal);
        return device with { Sources = sources.IsEmpty || _columns.ContainsKey(ListFields.Sources) ? null : sources };
    }

    private void Check(ListRow row, FixedDevice device)
    {
        foreach (var refusal in Registration.Check(device, _checks.City).Concat(_checks.Check(device)))
        {
            var field = refusal.Where is "position" ? ListFields.Latitude : refusal.Where?.Split('.')[0] ?? "";
            // The reader itself has told of a cell that it could not read.
            if (!_problems.Has(row.Number, ColumnOf(field)))
                _problems.Add(row.Number, ColumnOf(field), Found(row, field), refusal);
        }

        if (!_ids.TryAdd(device.Id, row.Number))
            Report(row, ListFields.Id, Quote(device.Id), $"an id of its own: row {_ids[device.Id]} has the same");
    }

    private string Found(ListRow row, string field) => Cell(row, field) is { } text ? Quote(text) : "nothing";

    private ImmutableArray<Capture> Sensors(ListRow row, string? text)
    {
        var sensors = ImmutableArray.CreateBuilder<Capture>();
        foreach (
            var word in (text ?? "").Split([',', ';', '/', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var meant = _mapping.Words.GetValueOrDefault(ListFields.Sensors)?.GetValueOrDefault(word) ?? word;
            foreach (var one in meant.Split(',', StringSplitOptions.TrimEntries))
            {
                if (!Domain.Json.TryWord<Capture>(one, out var sensor))
                    Report(row, ListFields.Sensors, Quote(one), $"one of {WordsOf<Capture>()}, or its meaning in the mapping");
                else if (!sensors.Contains(sensor))
                    sensors.Add(sensor);
            }
        }

        return sensors.ToImmutable();
    }

    private T Word<T>(ListRow row, string field, string? text, T otherwise)
        where T : struct, Enum
    {
        if (text is null)
            return otherwise;
        if (Domain.Json.TryWord<T>(text, out var value))
            return value;
        Report(row, field, Quote(text), $"one of {WordsOf<T>()}, or its meaning in the mapping");
        return otherwise;
    }

    /// <summary>The place by its id or by its name. Another name for a registered place is named, and never assumed.</summary>
    private string? PlaceOf(ListRow row, string? text)
    {
        if (text is null)
            return null;
        if (_places.Find(text) is { } known)
            return known.Id;
        var alike = _places.FindAlike(text);
        Report(
            row,
            ListFields.Place,
            Quote(text),
            alike is null
                ? "the id or the name of a registered place, or its meaning in the mapping"
                : $"a registered place: '{alike.Id}' ({alike.Name}) may be the same; if it is, say so in the words of the mapping"
        );
        return null;
    }

    private LawDate? Date(ListRow row, string? text)
    {
        if (text is null)
            return null;
        var date = LawDateReader.Read(text, out var problem);
        if (problem is not null)
            Report(
                row,
                ListFields.InstalledOn,
                Quote(text) + (LawDateReader.FindReason(text) is { } reason ? $", which {reason}" : ""),
                LawDateReader.Expected
            );
        return date;
    }

    private Position? PositionOf(ListRow row, string? latitude, string? longitude)
    {
        var (north, east) = (Number(row, ListFields.Latitude, latitude), Number(row, ListFields.Longitude, longitude));
        if (north is { } y && east is { } x)
            return new Position(x, y);
        if (latitude is null != longitude is null)
            Report(
                row,
                latitude is null ? ListFields.Latitude : ListFields.Longitude,
                "nothing",
                "both a latitude and a longitude, or neither"
            );
        return row.Position;
    }

    private ImmutableArray<double>? Directions(ListRow row, string? text)
    {
        if (text is null)
            return null;
        var parts = text.Split([';', '|', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var directions = parts.Select(part => Number(row, ListFields.Directions, part.TrimEnd('°'))).ToArray();
        return directions.Any(direction => direction is null) ? null : [.. directions.Select(direction => direction!.Value)];
    }

    private double? Number(ListRow row, string field, string? text)
    {
        if (text is null)
            return null;
        var isComma = text.Count(letter => letter == ',') == 1 && !text.Contains('.', StringComparison.Ordinal);
        var digits = isComma ? text.Replace(',', '.') : text;
        if (
            double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            && (field != ListFields.Deadline || number is >= 0 and <= int.MaxValue && number == Math.Floor(number))
        )
            return number;
        Report(row, field, Quote(text), field == ListFields.Deadline ? "a whole number of seconds" : "a number, such as 47.6097");
        return null;
    }

    private T? Json<T>(ListRow row, string field, string? text, string expected)
        where T : class
    {
        if (text is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(text, Domain.Json.Options);
        }
        catch (JsonException)
        {
            Report(row, field, Quote(text), expected);
            return null;
        }
    }

    private string MadeId(string name, string kind, string? number)
    {
        var key = number ?? name;
        var occurrence = _occurrences[key] = _occurrences.GetValueOrDefault(key) + 1;
        return DeviceIds.Make(_mapping.List, name.Length > 0 ? name : kind, occurrence == 1 ? key : $"{key}\n{occurrence}");
    }

    private void Report(ListRow row, string field, string found, string expected) =>
        _problems.Add(row.Number, ColumnOf(field), found, expected);

    private string ColumnOf(string field) => _columns.TryGetValue(field, out var column) ? _list.Columns[column] : field;

    private static string WordsOf<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Domain.Json.Word));

    private static string Quote(string text) => $"'{(text.Length > 60 ? text[..60] + "…" : text)}'";
}
