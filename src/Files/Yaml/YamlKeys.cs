namespace SurveillanceRegistry.Files.Yaml;

/// <summary>Reads the keys of one map. Records which keys were requested, so that the others can be reported as unknown.</summary>
internal sealed class YamlKeys(YamlMap map, YamlFile file)
{
    private readonly List<string> _requested = [];

    public YamlFile File => file;

    /// <summary>Reads a mandatory key; reports it when it is missing.</summary>
    public T Required<T>(string key, FieldSchema<T> schema)
    {
        if (Node(key) is { } node)
            return schema.Read(node, file);
        file.Report(map, $"no '{key}'", $"'{key}': {schema.Expected}");
        return schema.Placeholder;
    }

    /// <summary>Reads an optional key; returns <paramref name="defaultValue"/> when it is missing.</summary>
    public T Optional<T>(string key, FieldSchema<T> schema, T defaultValue) =>
        Node(key) is { } node ? schema.Read(node, file) : defaultValue;

    /// <summary>Reads an optional text; returns null when the key is missing.</summary>
    public string? Optional(string key, FieldSchema<string> schema) => Node(key) is { } node ? schema.Read(node, file) : null;

    /// <summary>Reads an optional number, date or enum; returns null when the key is missing.</summary>
    public T? OptionalValue<T>(string key, FieldSchema<T> schema)
        where T : struct => Node(key) is { } node ? schema.Read(node, file) : null;

    /// <summary>Returns the node of a key; null when the key is missing.</summary>
    public YamlNode? Node(string key)
    {
        _requested.Add(key);
        return map[key];
    }

    /// <summary>True when the file has this key.</summary>
    public bool Has(string key) => Node(key) is not null;

    /// <summary>Returns every key with its value, for maps whose keys are data.</summary>
    public IEnumerable<(YamlText Key, YamlNode Value)> All()
    {
        _requested.AddRange(map.Entries.Select(entry => entry.Key.Text));
        return map.Entries;
    }

    /// <summary>Reports a problem with the whole map.</summary>
    public void Report(string found, string expected) => file.Report(map, found, expected);

    /// <summary>Reports a problem with the value of a key, or with the whole map when the key is missing.</summary>
    public void Report(string key, string found, string expected) => file.Report(map[key] ?? map, found, expected);

    /// <summary>Reports each text of a list that the list already holds.</summary>
    public void RequireDistinct(string key) =>
        RequireDistinct(key, (map[key] as YamlList)?.Items.Select(item => (item as YamlText)?.Text) ?? []);

    /// <summary>Reports each item of a list whose id an earlier item has.</summary>
    /// <param name="ids">The ids of the items, in the order of the list; null for an item without a readable id.</param>
    public void RequireDistinct(string key, IEnumerable<string?> ids)
    {
        if (map[key] is not YamlList list)
            return;
        var firstLine = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, item) in ids.Zip(list.Items))
        {
            if (id is not null && !firstLine.TryAdd(id, item.Line))
                file.Report(item, $"{YamlNode.Quote(id)} again (first on line {firstLine[id]})", "each once");
        }
    }

    /// <summary>Checks each item of a list and reports what <paramref name="check"/> finds.</summary>
    /// <param name="values">The items as they were read, in the order of the list.</param>
    /// <param name="check">Returns what was found and what was expected; null when the item is in order.</param>
    public void CheckEach<T>(string key, IEnumerable<T> values, Func<T, (string Found, string Expected)?> check)
    {
        if (map[key] is not YamlList list)
            return;
        foreach (var (value, item) in values.Zip(list.Items))
        {
            if (check(value) is var (found, expected))
                file.Report(item, found, expected);
        }
    }

    /// <summary>Reports each key of the file that was never requested.</summary>
    public void ReportUnknown()
    {
        foreach (var (key, _) in map.Entries.Where(entry => !_requested.Contains(entry.Key.Text)))
            file.Report(key, $"the unknown key {YamlNode.Quote(key.Text)}", "one of " + string.Join(", ", _requested.Distinct()));
    }
}
