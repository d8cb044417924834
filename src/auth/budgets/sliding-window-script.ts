import { MOMENTS_A_WINDOW } from './sliding-window.js';

/**
 * `SlidingWindow` as one step in Redis: forget, compare, count. It takes a key, the window in ms, the limit and the time
 * in ms; it returns whether the request was counted, how many there are now, and how long until one more fits, in ms.
 *
 * The time is that of the service's clock, as in tokens, so that the clocks of the instances must agree. Where they do
 * not, time never goes back in a counter, and a counter that is left alone is gone after its window by Redis's own clock.
 */
export const slidingWindowScript = `
local ttl, limit, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local hits = cjson.decode(redis.call('GET', KEYS[1]) or '[]')
if #hits > 0 then now = math.max(now, hits[#hits][1]) end

local kept, count = {}, 0
for _, hit in ipairs(hits) do
  if hit[1] + ttl > now then
    kept[#kept + 1] = hit
    count = count + hit[2]
  end
end

local function moment(at) return math.floor(at * ${String(MOMENTS_A_WINDOW)} / ttl) end

local taken = count < limit
if taken then
  local last = kept[#kept]
  if last and moment(last[1]) == moment(now) then
    last[1], last[2] = now, last[2] + 1
  else
    kept[#kept + 1] = { now, 1 }
  end
  count = count + 1
  redis.call('SET', KEYS[1], cjson.encode(kept), 'PX', ttl)
end

local left = count - limit
for _, hit in ipairs(kept) do
  left = left - hit[2]
  if left < 0 then return { taken and 1 or 0, count, math.max(0, hit[1] + ttl - now) } end
end
return { taken and 1 or 0, count, 0 }
`;
