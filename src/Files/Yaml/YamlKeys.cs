using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>The keys of one map while they are read.</summary>
internal sealed class YamlKeys(YamlMap map, YamlFile file)
{
    private readonly List<string> _asked = [];

    public YamlFile File => file;

    /// <summary>The value of a key that must be there.</summary>
    public T Required<T>(string key, FieldSchema<T> form)
    {
        if (Node(key) is { } node)
            return form.Read(node, file);
        file.Add(map, $"no '{key}'", $"'{key}': {form.Expected}");
        return form.Nothing;
    }

    /// <summary>The value of a key that may be missing.</summary>
    public T Optional<T>(string key, FieldSchema<T> form, T otherwise) => Node(key) is { } node ? form.Read(node, file) : otherwise;

    /// <summary>The text of a key that may be missing.</summary>
    public string? Optional(string key, FieldSchema<string> form) => Node(key) is { } node ? form.Read(node, file) : null;

    /// <summary>The date of a key that may be missing.</summary>
    public LawDate? Optional(string key, FieldSchema<LawDate> form) => Node(key) is { } node ? form.Read(node, file) : null;

    /// <summary>The node of a key, or null.</summary>
    public YamlNode? Node(string key)
    {
        _asked.Add(key);
        return map[key];
    }

    /// <summary>Every key with its value, whatever their names.</summary>
    public IEnumerable<(YamlText Key, YamlNode Value)> Every()
    {
        _asked.AddRange(map.Entries.Select(entry => entry.Key.Text));
        return map.Entries;
    }

    /// <summary>Reports a problem with the whole map.</summary>
    public void Report(string found, string expected) => file.Add(map, found, expected);

    /// <summary>Reports a problem with the value of a key, or with the whole map when the key is missing.</summary>
    public void Report(string key, string found, string expected) => file.Add(map[key] ?? map, found, expected);

    /// <summary>Reports each text of a key's list that stood there before.</summary>
    public void EachOnce(string key) => EachOnce(key, (map[key] as YamlList)?.Items.Select(item => (item as YamlText)?.Text) ?? []);

    /// <summary>Reports each item of a key's list whose id stood there before.</summary>
    /// <param name="ids">The ids of the items, in their order; null where none could be read.</param>
    public void EachOnce(string key, IEnumerable<string?> ids)
    {
        if (map[key] is not YamlList list)
            return;
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, item) in ids.Zip(list.Items))
        {
            if (id is not null && !first.TryAdd(id, item.Line))
                file.Add(item, $"{YamlNode.Quote(id)} again (first on line {first[id]})", "each once");
        }
    }

    /// <summary>Reports each item of a key's list of which something can be said.</summary>
    /// <param name="values">The items as they were read, in their order.</param>
    /// <param name="wrong">What is found and what is expected; null when nothing is wrong.</param>
    public void Each<T>(string key, IEnumerable<T> values, Func<T, (string Found, string Expected)?> wrong)
    {
        if (map[key] is not YamlList list)
            return;
        foreach (var (value, item) in values.Zip(list.Items))
        {
            if (wrong(value) is var (found, expected))
                file.Add(item, found, expected);
        }
    }

    /// <summary>Reports each key that nobody asked for.</summary>
    public void NothingElse()
    {
        foreach (var (key, _) in map.Entries.Where(entry => !_asked.Contains(entry.Key.Text)))
            file.Add(key, $"the unknown key {YamlNode.Quote(key.Text)}", "one of " + string.Join(", ", _asked.Distinct()));
    }
}
